/**
 * A relation or value that a step's macro is given: the node's own relation, what stood there before, a uniquely
 * named relation beside it, a temporary one, the compiled query, dbt's `arg_dict` of an incremental strategy, the
 * node as a dict, a seed's table, or a literal flag.
 */
export type Argument =
  | 'destination'
  | 'existing'
  | 'staging'
  | 'staging-table' // a table beside the destination, which becomes something else
  | 'temporary'
  | 'sql'
  | 'incremental'
  | 'model'
  | 'seed'
  | 'strategy' // dbt's dictionary of a snapshot's strategy
  | 'changes' // the relation in which a snapshot's changes were put
  | 'foreign-keys' // the tables that drop_foreign_key_dependents put aside
  | 'insert-columns' // their columns that the snapshot gets, quoted
  | 'file' // where the rows of an external model go and how they are read, as dbt.file_of_model tells it
  | 'configuration-changes' // how a materialized view's configuration differs from what stands there, as dbt's macro tells it
  | MadeArgument
  | boolean
  | null;

/** What another macro gives: the text that it prints, or the value that it returns. */
export interface MadeArgument {
  readonly macro: string;
  readonly args: readonly Argument[];
}

/** What a macro returns for the steps after it. */
export type GivenArgument = 'changes' | 'foreignKeys' | 'file';

/** When a step applies, judged from what was found at the destination before the first block. */
export type Condition =
  | 'exists' // something stands at the destination
  | 'refills' // a table with the very columns of the seed's file stands there, and stays
  | 'rebuilds' // the opposite of `refills`
  | 'other-type' // a relation of another type than the one to be made stands there
  | 'has-indexes' // the node configures indexes
  | 'has-layout' // the node configures partitions or an order of its table
  | 'has-keys' // the node has constraints that foreign keys of other tables may point to
  | 'names-constraints' // the node has constraints with names of their own
  | 'has-grants' // the node configures grants
  | 'stores-relation' // the node's file is to be told to a plugin
  | 'persists-docs'; // the node configures persist_docs

/** Work in TypeScript between two statements, in the same session and block. */
export type Decision =
  | 'schema-change'
  | 'set-dependents-aside' // drops what hangs on the relation that stands at the destination
  | 'restore-dependents' // makes it again, over the new relation
  | 'check-keys' // looks for keys that come twice or are null among the new rows
  | 'partitions-touched' // says which rows of the destination the new rows' partitions replace
  | 'load-seed'
  | 'snapshot-strategy' // looks at the columns that its configuration names, and at the table that stands there
  | 'check-query-keys' // no key twice and none null among the rows of the query
  | 'check-current-rows' // no key with two versions that hold
  | 'snapshot-columns' // adds what the query has and the snapshot lacks
  | 'place-beside' // makes room beside the place of an external model's file, and clears what dead runs left there
  | 'place-file' // puts what was written beside in its place
  | 'write-ledger'
  | 'check-fence';

/**
 * One step of a recipe. A macro step names a macro and its arguments, never SQL: it is rendered when its turn comes,
 * because it may depend on what earlier steps made. `main` marks the statement whose response is the node's.
 */
export type Step = MacroStep | DecisionStep | EitherStep | ChangedStep;

export interface MacroStep {
  readonly kind: 'macro';
  readonly macro: string;
  readonly args: readonly Argument[];
  /** False for macros that send their statements themselves and print them only to tell. */
  readonly sendsOutput: boolean;
  /** What the macro returns is this argument from then on. */
  readonly gives: GivenArgument | null;
  /** Conditions that all must hold; empty where the step always applies. */
  readonly when: readonly Condition[];
  readonly main: boolean;
}

export interface DecisionStep {
  readonly kind: 'decide';
  readonly decision: Decision;
  readonly when: readonly Condition[];
  readonly main: boolean;
}

export interface EitherStep {
  readonly kind: 'either';
  readonly first: readonly Step[];
  /** What runs instead where the warehouse refuses the first way, which is then undone. */
  readonly otherwise: readonly Step[];
  readonly when: readonly Condition[];
}

/**
 * Steps of a snapshot that are left out where the rows of `changes` turn out to be none. The answer is then that to an
 * insert of no rows.
 */
export interface ChangedStep {
  readonly kind: 'changed';
  readonly steps: readonly Step[];
  readonly when: readonly Condition[];
}

/** Steps that take effect together: one transaction where the warehouse has transactional DDL. */
export interface Block {
  readonly steps: readonly Step[];
  /** Short, and what readers wait for: it waits for locks only briefly, is undone where it gets none, and repeated. */
  readonly swap: boolean;
  /**
   * What a swap does instead where something holds on to the relation that stands there and cannot be made again, and
   * the columns of the two agree; empty where there is no other way.
   */
  readonly inPlace: readonly Step[];
}

/** The rows of a recipe table; `table` also builds an incremental model that is new or fully refreshed. */
export type RecipeName =
  | 'view'
  | 'table'
  | 'seed'
  | SnapshotRecipe
  | MaterializedViewRecipe
  | IncrementalRecipe
  | 'custom_strategy';
/** The first makes it anew; the others leave the one that stands there. */
export type MaterializedViewRecipe =
  | 'materialized_view'
  | 'refresh_materialized_view'
  | 'alter_materialized_view';
/** The first run of a snapshot, and every later one. */
export type SnapshotRecipe = 'new-snapshot' | 'snapshot';
export type IncrementalRecipe = (typeof incrementalRecipes)[number];

export const incrementalRecipes = [
  'append',
  'delete+insert',
  'merge',
  'insert_overwrite',
  'microbatch',
] as const;

/** Materializations that a warehouse may be without. */
export const optionalRecipes = ['external', 'table_function'] as const;
export type OptionalRecipe = (typeof optionalRecipes)[number];

/** Stands in the row `custom_strategy` for the macro of a project's own strategy, which the plan names. */
export const strategyMacro = 'get_incremental_<strategy>_sql';

/** How a warehouse materializes: complete by type, one row per materialization or incremental strategy. */
export type RecipeTable = Readonly<
  Record<RecipeName, readonly Block[]> & Partial<Record<OptionalRecipe, readonly Block[]>>
>;

export const block = (...steps: readonly Step[]): Block => ({ steps, swap: false, inPlace: [] });

export const swap = (...steps: readonly Step[]): Block => ({ steps, swap: true, inPlace: [] });

/** A swap, and how the relation that stands there gets the new rows where it has to stay. */
export const swapOrFill = (steps: readonly Step[], inPlace: readonly Step[]): Block => ({
  ...swap(...steps),
  inPlace,
});

/** Renders a macro with the arguments in order and sends what it prints, statement by statement. */
export const run = (macro: string, ...args: readonly Argument[]): MacroStep => ({
  kind: 'macro',
  macro,
  args,
  sendsOutput: true,
  gives: null,
  when: [],
  main: false,
});

/** Calls a macro that, by dbt's contract, sends its statements itself: `create_csv_table`. */
export const call = (macro: string, ...args: readonly Argument[]): MacroStep => ({
  kind: 'macro',
  macro,
  args,
  sendsOutput: false,
  gives: null,
  when: [],
  main: false,
});

export const decide = (decision: Decision): DecisionStep => ({
  kind: 'decide',
  decision,
  when: [],
  main: false,
});

/** The shorter way where the warehouse takes it, else the other. */
export const either = (first: readonly Step[], otherwise: readonly Step[]): Step => ({
  kind: 'either',
  first,
  otherwise,
  when: [],
});

/** An argument that another macro makes: `made('build_snapshot_table', 'strategy', 'sql')`. */
export const made = (macro: string, ...args: readonly Argument[]): MadeArgument => ({ macro, args });

/** Keeps what the macro returns for the steps that follow. */
export const give = (gives: GivenArgument, step: MacroStep): MacroStep => ({ ...step, gives });

/** Steps for a snapshot that has changed: nothing is written where nothing has. */
export const whereChanged = (...steps: readonly Step[]): Step => ({ kind: 'changed', steps, when: [] });

/** The step whose response is the node's: exactly one on every way through a recipe. */
export const main = (step: MacroStep | DecisionStep): Step => ({ ...step, main: true });

export const when = (condition: Condition, step: Step): Step => ({
  ...step,
  when: [condition, ...step.when],
});

/** A strategy's statement: its macro gets dbt's `arg_dict`. */
export const strategy = (macro: string): Step => main(run(macro, 'incremental'));

/**
 * Grants and descriptions of what was built as `relation`. `full` gives a relation that was made anew all its grants,
 * else only what changed of them is granted and revoked.
 */
export const grantsAndDocs = (
  relation: 'destination' | 'staging',
  { full }: { readonly full: boolean },
): readonly Step[] => [
  when('has-grants', call('apply_grants_of_model', relation, 'existing', full)),
  when('persists-docs', call('persist_docs', relation, 'model')),
];

/** From the new rows, which stand in `temporary`, to the table that has them: what every strategy shares. */
export const applyRows = (...steps: readonly Step[]): readonly Step[] => [
  decide('schema-change'),
  ...steps,
  call('drop_relation', 'temporary'),
  ...grantsAndDocs('destination', { full: false }),
];
