import { compileNode } from '../compile/compile-node.ts';
import { destinationOf } from '../compile/relations.ts';
import type { ModelNode, SnapshotNode } from '../manifest/node.ts';
import type { ItemRun } from './item-run.ts';
import { lookAtDestination } from './look-at-destination.ts';
import { changeOf } from './materialized-view.ts';
import { fenced, withNodeSession } from './node-session.ts';
import { publishNode } from './publish-node.ts';
import type { RunServices } from './services.ts';

/** Builds a model or a snapshot: fence, look at the destination, compile, plan, run the blocks. */
export async function runModel(
  services: RunServices,
  node: ModelNode | SnapshotNode,
  item: ItemRun,
): Promise<void> {
  await withNodeSession(services, node, { undeclaredRefs: false }, (session) =>
    fenced(services, session.session, destinationOf(services.compile.relations, node), async (fence) => {
      const existing = await lookAtDestination(services, session, node, fence);
      const compiled = await item.timed('compile', () => compileNode(services.compile, session.scope));
      await item.compiled(services.compile, compiled);
      const found = await changeOf(services, session, node, existing, compiled.sql);
      await publishNode(services, node, item, { session, existing, sql: compiled.sql, ...found });
    }),
  );
}
