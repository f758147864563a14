import { type CompiledNode, compileNode } from '../compile/compile-node.ts';
import { destinationOf } from '../compile/relations.ts';
import type { ModelNode, SnapshotNode } from '../manifest/node.ts';
import type { ItemRun } from './item-run.ts';
import { fenced, type NodeSession, withNodeSession } from './node-session.ts';
import { type Program, publishByProgram, withProgramSession } from './programs/run-program.ts';
import { lookAtDestination } from './publish/look-at-destination.ts';
import { changeOf } from './publish/materialized-view.ts';
import { publishNode } from './publish/publish-node.ts';
import type { RunServices } from './services.ts';

/** Builds what has a query by a program of the project: fence, look at the destination, compile, run the program. */
export async function runByProgram(
  services: RunServices,
  node: ModelNode | SnapshotNode,
  item: ItemRun,
  program: Program,
): Promise<void> {
  await withProgramSession(services, node, item, { undeclaredRefs: false }, (session) =>
    fenced(services, session.session, destinationOf(services.compile.relations, node), async (fence) => {
      await lookAtDestination(services, session, node, fence);
      const { sql } = await compiledItem(services, session, item);
      await publishByProgram(services, node, item, {
        session,
        program,
        sql,
        compiledPath: item.compiledPath,
      });
    }),
  );
}

/** Compiles the session's node and tells the item of it. */
export async function compiledItem(
  services: RunServices,
  { scope }: NodeSession,
  item: ItemRun,
): Promise<CompiledNode> {
  const compiled = await item.timed('compile', () => compileNode(services.compile, scope));
  await item.compiled(services.compile, compiled);
  return compiled;
}

/** Builds a model or a snapshot: fence, look at the destination, compile, plan, run the blocks. */
export async function runModel(
  services: RunServices,
  node: ModelNode | SnapshotNode,
  item: ItemRun,
): Promise<void> {
  await withNodeSession(services, node, { undeclaredRefs: false }, (session) =>
    fenced(services, session.session, destinationOf(services.compile.relations, node), async (fence) => {
      const replaces = services.adapter.facts.replacesInPlace && plain.has(String(node.config.materialized));
      const existing = await lookAtDestination(services, session, node, fence, { replaces });
      const { sql } = await compiledItem(services, session, item);
      const found = await changeOf(services, session, node, existing, sql);
      await publishNode(services, node, item, { session, existing, sql, ...found });
    }),
  );
}

/** Materializations that keep nothing of what stands there. */
const plain: ReadonlySet<string> = new Set(['view', 'table']);
