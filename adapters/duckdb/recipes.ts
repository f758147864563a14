import {
  applyRows,
  type Block,
  block,
  call,
  decide,
  give,
  grantsAndDocs,
  made,
  main,
  type RecipeTable,
  run,
  type Step,
  strategy,
  strategyMacro,
  when,
  whereChanged,
} from '../../src/adapter/recipe.ts';

/** The macro says that there are none; a project that knows better overrides it. */
const materializedView = [block(main(run('get_create_materialized_view_as_sql', 'destination', 'sql')))];

/** The new rows, and what a strategy does with them. */
const incremental = (...steps: readonly Step[]): readonly Block[] => [
  block(run('get_create_table_as_sql', true, 'temporary', 'sql'), ...applyRows(...steps)),
];

/**
 * Every recipe is one block, because DuckDB's DDL is transactional: a reader on another connection sees what stood
 * there before until the commit, and a failure leaves it. The creating macros print `create or replace`: a model may
 * read its own table while it is replaced (a drop first would take that away), and an indexed table cannot be renamed.
 * Only a relation of another type is dropped, which `create or replace` refuses.
 */
export const recipes = {
  view: [
    block(
      when('other-type', call('drop_relation', 'existing')),
      main(run('get_create_view_as_sql', 'destination', 'sql')),
      ...grantsAndDocs('destination', { full: true }),
    ),
  ],
  table: [
    block(
      when('other-type', call('drop_relation', 'existing')),
      // They tell that the table will have neither.
      when('has-layout', call('duckdb__get_partitioned_by', 'destination', false)),
      when('has-layout', call('duckdb__get_sorted_by', 'destination', false)),
      // DuckDB replaces no table that foreign keys point to, and drops no foreign key.
      when(
        'has-keys',
        when('exists', give('foreignKeys', call('drop_foreign_key_dependents', 'destination'))),
      ),
      main(run('get_create_table_as_sql', false, 'destination', 'sql')),
      when('has-keys', call('restore_foreign_key_dependents', 'foreign-keys')),
      when('has-indexes', call('create_indexes', 'destination')),
      ...grantsAndDocs('destination', { full: true }),
    ),
  ],
  // The view is bound to the columns of the file that it finds, so the file is in its place first.
  external: [
    block(
      give('file', call('dbt.file_of_model')),
      decide('place-beside'),
      run('create_table_as', false, 'staging-table', 'sql'),
      call('dbt.write_file_of_model', 'staging-table', 'file'),
      decide('place-file'),
      when('other-type', call('drop_relation', 'existing')),
      main(run('dbt.get_view_of_file_sql', 'destination', 'file', 'staging-table')),
      call('drop_relation', 'staging-table'),
      ...grantsAndDocs('destination', { full: true }),
      when('stores-relation', call('dbt.store_file_of_model', 'destination', 'file')),
    ),
  ],
  table_function: [
    block(
      main(run('dbt.get_create_table_function_sql', 'destination', 'sql')),
      when('persists-docs', call('dbt.comment_on_table_function', 'destination', 'model')),
    ),
  ],
  materialized_view: materializedView,
  refresh_materialized_view: materializedView,
  alter_materialized_view: materializedView,
  // A seed reads nothing of itself, so what stood there is dropped, and the file's columns may have changed.
  seed: [
    block(
      when('exists', call('drop_relation', 'existing')),
      call('create_csv_table', 'model', 'seed'),
      main(decide('load-seed')),
      when('has-indexes', call('create_indexes', 'destination')),
      ...grantsAndDocs('destination', { full: true }),
    ),
  ],
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
      decide('snapshot-columns'),
      whereChanged(
        main(run('snapshot_merge_sql', 'destination', 'changes', 'insert-columns')),
        decide('check-current-rows'),
      ),
      call('post_snapshot', 'changes'),
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
  microbatch: incremental(strategy('get_incremental_microbatch_sql')),
  custom_strategy: incremental(strategy(strategyMacro)),
} satisfies RecipeTable;
