import {
  applyRows,
  type Block,
  block,
  call,
  decide,
  either,
  give,
  grantsAndDocs,
  made,
  main,
  type RecipeTable,
  run,
  type Step,
  strategy,
  strategyMacro,
  swap,
  swapOrFill,
  when,
  whereChanged,
} from '../../src/adapter/recipe.ts';

/** Puts the staging relation in the place of what stood there; what hangs on that is made again over the new one. */
const publish = [
  when('exists', decide('set-dependents-aside')),
  when('exists', call('drop_relation', 'existing')),
  call('rename_relation', 'staging', 'destination'),
  when('exists', decide('restore-dependents')),
];

/** The table that stands there stays, with its indexes, constraints and whatever hangs on it, and gets the new rows. */
const fillInPlace = [
  run('get_replace_rows_sql', 'destination', 'staging'),
  call('drop_relation', 'staging'),
  when('has-grants', call('apply_grants_in_place', 'destination', 'existing')),
  when('persists-docs', call('persist_docs', 'destination', 'model')),
];

/**
 * The new rows, and what a strategy does with them. The temporary table belongs to the session and outlives the first
 * block.
 */
const incremental = (...steps: readonly Step[]): readonly Block[] => [
  block(run('get_create_table_as_sql', true, 'temporary', 'sql')),
  block(...applyRows(...steps)),
];

/**
 * Long work stands in a block of its own, beside the destination, which nobody waits for. The swap is short and all or
 * nothing: readers see what stood there before, or the new relation, and wait for no more than a drop and a rename.
 */
export const recipes = {
  // Replaced in place, a view keeps what reads it, but cannot lose or change a column: it is then swapped as a table is.
  view: [
    swap(
      either(
        [main(run('get_create_view_as_sql', 'destination', 'sql'))],
        [main(run('get_create_view_as_sql', 'staging', 'sql')), ...publish],
      ),
      when('has-grants', call('apply_grants_in_place', 'destination', 'existing')),
      when('persists-docs', call('persist_docs', 'destination', 'model')),
    ),
  ],
  table: [
    block(
      main(run('get_create_table_as_sql', false, 'staging', 'sql')),
      when('has-indexes', call('create_indexes', 'staging')),
      ...grantsAndDocs('staging', { full: true }),
    ),
    swapOrFill(
      [...publish, when('names-constraints', call('name_constraints', 'destination', 'staging'))],
      fillInPlace,
    ),
  ],
  materialized_view: [
    block(
      main(run('get_create_materialized_view_as_sql', 'staging', 'sql')),
      ...grantsAndDocs('staging', { full: true }),
    ),
    swap(...publish),
  ],
  // While it is filled again nobody reads it: the lock is waited for like that of a swap, so that nobody queues behind.
  refresh_materialized_view: [
    swap(
      main(run('refresh_materialized_view', 'destination')),
      when('has-grants', call('apply_grants_in_place', 'destination', 'existing')),
      when('persists-docs', call('persist_docs', 'destination', 'model')),
    ),
  ],
  alter_materialized_view: [
    swap(
      main(
        run(
          'get_alter_materialized_view_as_sql',
          'destination',
          'configuration-changes',
          'sql',
          'existing',
          null,
          null,
        ),
      ),
      when('has-grants', call('apply_grants_in_place', 'destination', 'existing')),
      when('persists-docs', call('persist_docs', 'destination', 'model')),
    ),
  ],
  // A seed that keeps its columns is emptied and filled, so that what others granted on it stays.
  seed: [
    swap(
      when(
        'refills',
        // A table that foreign keys point to is not emptied as long as they do.
        either(
          [call('reset_csv_table', 'model', false, 'existing', 'seed')],
          [decide('set-dependents-aside'), call('reset_csv_table', 'model', false, 'existing', 'seed')],
        ),
      ),
      when('rebuilds', when('exists', decide('set-dependents-aside'))),
      when('rebuilds', when('exists', call('drop_relation', 'existing'))),
      when('rebuilds', call('create_csv_table', 'model', 'seed')),
      main(decide('load-seed')),
      when('rebuilds', when('has-indexes', call('create_indexes', 'destination'))),
      when('exists', decide('restore-dependents')),
      when('refills', when('has-grants', call('apply_grants_of_model', 'destination', 'existing', false))),
      when('rebuilds', when('has-grants', call('apply_grants_of_model', 'destination', 'existing', true))),
      when('persists-docs', call('persist_docs', 'destination', 'model')),
    ),
  ],
  // Nothing stands at the destination, and nobody sees what is made there before the commit.
  'new-snapshot': [
    block(
      decide('snapshot-strategy'),
      call('check_time_data_types', made('build_snapshot_table', 'strategy', 'sql')),
      main(run('create_table_as', false, 'destination', made('build_snapshot_table', 'strategy', 'sql'))),
      decide('check-current-rows'),
      when('has-indexes', call('create_indexes', 'destination')),
      ...grantsAndDocs('destination', { full: false }),
    ),
  ],
  snapshot: [
    block(
      decide('snapshot-strategy'),
      give('changes', call('build_snapshot_staging_table', 'strategy', 'sql', 'destination')),
      decide('check-query-keys'),
      call('check_time_data_types', made('snapshot_staging_table', 'strategy', 'sql', 'destination')),
    ),
    block(
      decide('snapshot-columns'),
      whereChanged(
        main(run('snapshot_merge_sql', 'destination', 'changes', 'insert-columns')),
        decide('check-current-rows'),
      ),
      call('post_snapshot', 'changes'),
      call('drop_relation', 'changes'),
      ...grantsAndDocs('destination', { full: false }),
    ),
  ],
  append: incremental(strategy('get_incremental_append_sql')),
  'delete+insert': incremental(decide('check-keys'), strategy('get_incremental_delete_insert_sql')),
  merge: incremental(decide('check-keys'), strategy('get_incremental_merge_sql')),
  insert_overwrite: incremental(
    decide('partitions-touched'),
    strategy('get_incremental_insert_overwrite_sql'),
  ),
  // A batch is merged by its key, as in dbt.
  microbatch: incremental(decide('check-keys'), strategy('get_incremental_microbatch_sql')),
  custom_strategy: incremental(strategy(strategyMacro)),
} satisfies RecipeTable;
