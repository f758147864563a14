import { destinationOf } from '../../compile/relations.ts';
import { fromPlain } from '../../context/plain.ts';
import { pending } from '../../jinja/host.ts';
import { truth } from '../../jinja/operations.ts';
import { str } from '../../jinja/text.ts';
import { type Callable, hostFunction, PyDict, type Value } from '../../jinja/values.ts';
import type { GraphNode, ModelNode, SnapshotNode } from '../../manifest/node.ts';
import type { NodeSession } from '../node-session.ts';
import { executePlan } from '../publish/execute-plan.ts';
import { changeOf } from '../publish/materialized-view.ts';
import { planOf } from '../publish/publish-node.ts';
import type { RunServices } from '../services.ts';

/** The name by which our macros of dbt's materializations call it; templates have no other use for it. */
export const builtInRecipe = 'built_in_recipe';

/**
 * What a program calls that wraps a built-in materialization, as `materialization_table_default()`: builds the program's
 * model by our recipe, hooks and transactions included, and gives the statement, the warehouse's answer and the relation.
 */
export function builtInRecipeFunction(
  services: RunServices,
  given: GraphNode,
  session: NodeSession,
): Callable {
  return hostFunction(
    builtInRecipe,
    ['materialized', 'sql', 'full_refresh'],
    (materialized, sql, fullRefresh) =>
      pending(() =>
        session.warehouse.unguarded(async () => {
          const config = { ...given.config, materialized: str(materialized!) };
          const node = { ...given, config } as ModelNode | SnapshotNode;
          const name = destinationOf(services.compile.relations, node);
          const query = str(sql!);
          const existing = await session.warehouse.getRelation(name);
          const { changes, ...found } = await changeOf(services, session, node, existing, query);
          const plan = planOf(services, node, { existing, fullRefresh: truth(fullRefresh!), ...found });
          const run = { services, node, session, plan, sql: query };
          const outcome = await executePlan(changes === undefined ? run : { ...run, changes });
          const relation = services.compile.relations.fromAdapter({ ...name, type: plan.makes });
          return PyDict.fromRecord({
            sql: outcome.mainSql,
            response: fromPlain(outcome.response),
            relation: relation as unknown as Value,
          });
        }),
      ),
  );
}
