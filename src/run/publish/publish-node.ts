import type { StatementResult } from '../../adapter/cell.ts';
import type { Relation } from '../../adapter/relation.ts';
import type { ModelNode, SeedNode, SnapshotNode } from '../../manifest/node.ts';
import type { NodePlan } from '../../plan/plan.ts';
import { type MaterializedViewChange, type PlanInput, planNode } from '../../plan/plan-node.ts';
import { uniqueKeyOf } from '../../plan/unique-key.ts';
import type { ItemRun } from '../item-run.ts';
import type { RunServices } from '../services.ts';
import { executePlan, type PlanRun } from './execute-plan.ts';

/** What a node brings to its plan: its session, and its query or its rows. */
export interface Publication extends Omit<PlanRun, 'services' | 'node' | 'plan'> {
  /** What stands at the destination, as it was looked up under the node's fence. */
  readonly existing: Relation | null;
  /** See `PlanInput`. */
  readonly refills?: boolean;
  /** See `PlanInput`. */
  readonly change?: MaterializedViewChange;
}

/** Plans the node's relation against what stands at its destination, runs the plan and ends the item. */
export async function publishNode(
  services: RunServices,
  node: ModelNode | SeedNode | SnapshotNode,
  item: ItemRun,
  { existing, refills = false, change, ...given }: Publication,
): Promise<void> {
  const fullRefresh = fullRefreshOf(services, node);
  const asked = { existing, refills, fullRefresh, ...(change === undefined ? {} : { change }) };
  const plan = planOf(services, node, asked);
  if (addsRows(plan, node)) services.attempt.seal();
  await item.beforePublish();
  const outcome = await item.timed('execute', () => executePlan({ services, node, plan, ...given }));
  item.built(services.compile, node, outcome.mainSql);
  item.succeed(plan.recipe === 'none' ? keptResponse(node) : outcome.response);
}

/** True where the same rows would be there twice if they came twice, or where nobody knows. */
const addsRows = ({ recipe }: NodePlan, { config }: ModelNode | SeedNode | SnapshotNode): boolean =>
  recipe === 'append' ||
  recipe === 'custom_strategy' ||
  ((recipe === 'merge' || recipe === 'delete+insert') && uniqueKeyOf(config['unique_key']).length === 0);

/** The node's plan by the adapter's recipes and the project's macros. */
export function planOf(
  { adapter, compile }: RunServices,
  node: ModelNode | SeedNode | SnapshotNode,
  given: Pick<PlanInput, 'existing' | 'refills' | 'change' | 'fullRefresh'>,
): NodePlan {
  const { registry } = compile.context;
  return planNode({
    ...given,
    node,
    recipes: adapter.recipes,
    facts: adapter.facts,
    hasMacro: (name) => registry.resolve(name, node.package_name) !== undefined,
  });
}

/** What dbt says of a relation that it left as it was. */
const keptResponse = ({
  relation_name: name,
}: ModelNode | SeedNode | SnapshotNode): StatementResult['response'] => ({
  _message: `skip ${name}`,
  code: 'skip',
  rows_affected: '-1',
});

/** The node's own `full_refresh` wins over the flag, also where it is false. */
export function fullRefreshOf(services: RunServices, node: ModelNode | SeedNode | SnapshotNode): boolean {
  const own = node.config['full_refresh'];
  return typeof own === 'boolean' ? own : services.fullRefresh;
}
