import type { Step } from '../adapter/recipe.ts';
import type { Relation } from '../adapter/relation.ts';
import type { Hook } from '../manifest/node.ts';

/** A step as it will run: one of the recipe, or a hook of the node. */
export type PlannedStep =
  | Step
  | { readonly kind: 'hook'; readonly hook: Hook; readonly phase: 'pre' | 'post' };

/** Steps of one transaction, or, where `transaction` is false, each on its own. */
export interface PlannedBlock {
  readonly transaction: boolean;
  /** In order; more than one where hooks run in the recipe's transaction. */
  readonly parts: readonly PlannedPart[];
}

export interface PlannedPart {
  readonly steps: readonly PlannedStep[];
  /** Repeated by itself where a lock is not to be had soon. */
  readonly swap: boolean;
  /** See `Block`. */
  readonly inPlace: readonly PlannedStep[];
}

/** What running a node does to the warehouse, in order. Data: the SQL is rendered when a step's turn comes. */
export interface NodePlan {
  readonly blocks: readonly PlannedBlock[];
  /** What stood at the destination when the plan was made. */
  readonly existing: Relation | null;
  /** Type of the relation afterwards. */
  readonly makes: 'table' | 'view' | 'materialized_view';
  /** The recipe that was chosen: `table` for a first build of an incremental model; `none` where the relation is kept. */
  readonly recipe: string;
}
