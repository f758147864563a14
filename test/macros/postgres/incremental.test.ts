import { expect, test } from 'vitest';
import { ask, postgresProject, since } from '../../postgres.ts';
import { sluice } from '../../rig.ts';

/** Two tables, and a model that sends what a strategy's macro prints for them. */
async function combined(config: string, strategy: string): Promise<{ rows: unknown; messages: string }> {
  const project = postgresProject({
    'models/combined.sql': `{{ config(materialized='view', ${config}) }}
      {% set old = api.Relation.create(database=target.database, schema=target.schema, identifier='old_rows', type='table') %}
      {% set new = api.Relation.create(database=target.database, schema=target.schema, identifier='new_rows', type='table') %}
      {% if execute %}
        {% do run_query('create table ' ~ old ~ " as select * from (values (1, 'a', 10), (2, 'b', 20), (null, 'n', 0)) t(id, kind, n)") %}
        {% do run_query('create table ' ~ new ~ " as select * from (values (2, 'b', 21), (3, 'c', 31), (null, 'n', 1)) t(id, kind, n)") %}
        {% set arguments = {'target_relation': old, 'temp_relation': new, 'unique_key': config.get('unique_key'),
          'dest_columns': get_columns_in_relation(new), 'incremental_predicates': config.get('incremental_predicates')} %}
        {% call statement('it') %}{{ ${strategy}(arguments) }}{% endcall %}
      {% endif %}
      select * from {{ old }}`,
  });
  const { messages, statuses } = await sluice(project, 'run');
  const rows =
    statuses['combined'] === 'success'
      ? await ask(`select * from ${project.schema}.old_rows order by id, kind, n`)
      : null;
  return { rows, messages: messages['combined'] ?? '' };
}

const replaced = [
  [1, 'a', 10],
  [2, 'b', 21],
  [3, 'c', 31],
  [null, 'n', 0],
  [null, 'n', 1],
];

test('without a strategy rows are added, and replaced where there is a key', async () => {
  expect((await combined('tags=[]', 'get_incremental_default_sql')).rows).toHaveLength(6);
  expect((await combined("unique_key='id'", 'get_incremental_append_sql')).rows).toHaveLength(6);
  for (const key of ["'id'", "['id', 'kind']"]) {
    for (const strategy of ['get_incremental_delete_insert_sql', 'get_incremental_default_sql']) {
      expect((await combined(`unique_key=${key}`, strategy)).rows).toEqual(replaced);
    }
  }
});

test.skipIf(!since(15))(
  'a merge, which PostgreSQL has since 15, updates what matches and inserts the rest',
  async () => {
    const merged = async (config: string): Promise<unknown> =>
      (await combined(`unique_key='id'${config}`, 'get_incremental_merge_sql')).rows;
    expect(await merged('')).toEqual(replaced);
    expect(await merged(", merge_update_columns=['kind']")).toContainEqual([2, 'b', 20]);
    expect(await merged(", merge_exclude_columns=['N']")).toContainEqual([2, 'b', 20]);
    expect(await merged(", incremental_predicates=['DBT_INTERNAL_DEST.n > 90']")).toContainEqual([
      2,
      'b',
      20,
    ]);
  },
);

test.skipIf(!since(15))('a batch is merged by its key, and needs one (PostgreSQL 15 and newer)', async () => {
  const strategy = 'get_incremental_microbatch_sql';
  expect((await combined("unique_key='id'", strategy)).rows).toEqual(replaced);
  expect((await combined('tags=[]', strategy)).messages).toContain('microbatch needs a unique_key');
});

test('predicates narrow what delete+insert removes', async () => {
  const { rows } = await combined(
    "unique_key='id', incremental_predicates=['DBT_INTERNAL_DEST.n > 90']",
    'get_incremental_delete_insert_sql',
  );
  expect(rows).toContainEqual([2, 'b', 20]);
});

test('an incremental model replaces rows by its key, run after run', async () => {
  const project = postgresProject({
    'models/kept.sql': `{{ config(materialized='incremental', unique_key='id') }}
      select * from (values {{ var('rows') }}) as given(id, n)`,
  });
  for (const rows of ['(1, 10), (2, 20)', '(2, 21), (3, 31)']) {
    expect((await sluice(project, 'run', { vars: { rows } })).statuses).toEqual({ kept: 'success' });
  }
  expect(await ask(`select * from ${project.schema}.kept order by id`)).toEqual([
    [1, 10],
    [2, 21],
    [3, 31],
  ]);
});
