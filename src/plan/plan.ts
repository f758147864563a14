import type { Step } from '../adapter/recipe.ts';
import type { Relation } from '../adapter/relation.ts';
import type { Hook } from '../manifest/node.ts';

/** A step as it will run: one of the recipe, or a hook of the node. */
export type PlannedStep =
  | Exclude<Step, never>
  | { readonly kind: 'hook'; readonly hook: Hook; readonly phase: 'pre' | 'post' };

/** Steps of one transaction, or, where `transaction` is false, each on its own. */
export interface PlannedBlock {
  readonly transaction: boolean;
  readonly steps: readonly PlannedStep[];
}

/** What running a node does to the warehouse, in order. Data: the SQL is rendered when a step's turn comes. */
export interface NodePlan {
  readonly blocks: readonly PlannedBlock[];
  /** What stood at the destination when the plan was made. */
  readonly existing: Relation | null;
  /** Type of the relation afterwards. */
  readonly makes: 'table' | 'view';
  /** The recipe that was chosen: `table` for a first build of an incremental model. */
  readonly recipe: string;
}
