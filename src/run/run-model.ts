import { compileNode } from '../compile/compile-node.ts';
import { writeOutput } from '../compile/compiled-files.ts';
import { destinationOf } from '../compile/relations.ts';
import type { ModelNode } from '../manifest/node.ts';
import { planNode } from '../plan/plan-node.ts';
import { executePlan } from './execute-plan.ts';
import type { ItemRun } from './item-run.ts';
import { lookAtDestination } from './look-at-destination.ts';
import { fenced, withNodeSession } from './node-session.ts';
import type { RunServices } from './services.ts';

/** Builds a model: fence, look at the destination, compile, plan, run the blocks. */
export async function runModel(services: RunServices, node: ModelNode, item: ItemRun): Promise<void> {
  await withNodeSession(services, node, { undeclaredRefs: false }, (session) =>
    fenced(services, session.session, destinationOf(node), async (fence) => {
      const existing = await lookAtDestination(services, session, node, fence);
      const compiled = await item.timed('compile', () => compileNode(services.compile, session.scope));
      await item.compiled(services.compile, compiled.sql);
      const plan = planNode({
        node,
        recipes: services.adapter.recipes,
        facts: services.adapter.facts,
        existing,
        fullRefresh: fullRefreshOf(services, node),
        customMaterializations: services.customMaterializations,
      });
      await item.beforePublish();
      const outcome = await item.timed('execute', () =>
        executePlan({ services, node, session, plan, sql: compiled.sql }),
      );
      await writeOutput(services.compile, 'run', node, outcome.mainSql);
      item.succeed(outcome.response);
    }),
  );
}

/** The node's own `full_refresh` wins over the flag, also where it is false. */
export function fullRefreshOf(
  services: RunServices,
  node: { readonly config: Readonly<Record<string, unknown>> },
): boolean {
  const own = node.config['full_refresh'];
  return typeof own === 'boolean' ? own : services.fullRefresh;
}
