import { expect, test } from 'vitest';
import { sluice, type TestProject, testProject } from '../rig.ts';
import { macroProject, printed, rowsOf } from './rig.ts';

/** Two tables, and a model that sends what a strategy's macro prints for them. */
async function combined(config: string, strategy: string): Promise<{ rows: unknown; messages: string }> {
  const project = testProject({
    'models/combined.sql': `{{ config(materialized='view', ${config}) }}
      {% if execute %}
        {% set old = api.Relation.create(database=target.database, schema=target.schema, identifier='old_rows', type='table') %}
        {% set new = api.Relation.create(database=target.database, schema=target.schema, identifier='new_rows', type='table') %}
        {% do run_query('create table ' ~ old ~ " as select * from (values (1, 'a', 10), (2, 'b', 20), (null, 'n', 0)) t(id, kind, n)") %}
        {% do run_query('create table ' ~ new ~ " as select * from (values (2, 'b', 21), (3, 'c', 31), (null, 'n', 1)) t(id, kind, n)") %}
        {% set arguments = {'target_relation': old, 'temp_relation': new, 'unique_key': config.get('unique_key'),
          'dest_columns': get_columns_in_relation(new), 'incremental_predicates': config.get('incremental_predicates')} %}
        {% call statement('it') %}{{ ${strategy}(arguments) }}{% endcall %}
      {% endif %}
      select * from old_rows`,
  });
  const { messages, statuses } = await sluice(project, 'run');
  const rows = statuses['combined'] === 'success' ? await orderedRows(project) : null;
  return { rows, messages: messages['combined'] ?? '' };
}

const orderedRows = (project: TestProject): Promise<readonly (readonly unknown[])[]> =>
  rowsOf(project, 'select * from old_rows order by all');

test('append keeps every row', async () => {
  const { rows } = await combined("unique_key='id'", 'get_incremental_append_sql');
  expect(rows).toHaveLength(6);
});

test('delete+insert replaces rows of one key, or of several, and adds those with a null key', async () => {
  const expected = [
    [1, 'a', 10],
    [2, 'b', 21],
    [3, 'c', 31],
    [null, 'n', 0],
    [null, 'n', 1],
  ];
  for (const key of ["'id'", "['id', 'kind']"]) {
    for (const strategy of ['get_incremental_delete_insert_sql', 'get_incremental_default_sql']) {
      expect((await combined(`unique_key=${key}`, strategy)).rows).toEqual(expected);
    }
  }
});

test('predicates of delete+insert name the target as dbt-duckdb does', async () => {
  const single = await combined(
    "unique_key='id', incremental_predicates=['n > 20']",
    'get_incremental_delete_insert_sql',
  );
  expect(single.rows).toContainEqual([2, 'b', 20]);
  const several = await combined(
    "unique_key=['id', 'kind'], incremental_predicates='DBT_INCREMENTAL_TARGET.n < 0'",
    'get_incremental_delete_insert_sql',
  );
  expect(several.rows).toContainEqual([2, 'b', 20]);
});

const third = new Date('2024-01-03T12:00:00Z');

/** A model of one row a day, and what its table has after a second run of other worth. */
async function twice(config: string) {
  const project = testProject({
    'models/daily.sql': `{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='ts',
        begin='2024-01-01', batch_size='day', lookback=2, ${config}) }}
      select cast('{{ model.batch.event_time_start }}' as timestamp) as ts, {{ var('worth') }} as worth`,
  });
  await sluice(project, 'run', { now: third, vars: { worth: 1 } });
  const { statuses, messages, diagnostics } = await sluice(project, 'run', {
    now: third,
    vars: { worth: 2 },
  });
  const rows = await rowsOf(project, 'select day(ts), worth from daily order by all');
  return { status: statuses['daily'], message: messages['daily'], rows, diagnostics };
}

test('predicates say which rows a batch takes away', async () => {
  const replaced = [
    [1, 2],
    [2, 2],
    [3, 2],
  ];
  expect((await twice('tags=[]')).rows).toEqual(replaced);
  expect((await twice("incremental_predicates='worth = 1 or worth = 2'")).rows).toEqual(replaced);
  expect((await twice("predicates=['worth < 5', 'day(ts) != 2']")).rows).toEqual([
    [1, 2],
    [2, 1],
    [2, 2],
    [3, 2],
  ]);
  expect((await twice('incremental_predicates=[1]')).diagnostics[0]!.message).toContain(
    'incremental_predicates is one text or a list of texts, not [1]',
  );
});

test('a microbatch model with a unique_key is refused as soon as rows are to be replaced, as in dbt-duckdb', async () => {
  const { status, diagnostics, rows } = await twice("unique_key='ts'");
  expect(status).toBe('error');
  expect(diagnostics[0]!.message).toContain('the strategy microbatch takes no unique_key here');
  expect(rows).toEqual([[1, 1]]);
});

const merged = async (config: string): Promise<unknown> =>
  (await combined(`unique_key='id'${config === '' ? '' : `, ${config}`}`, 'get_incremental_merge_sql')).rows;

test('merge updates what matches and inserts the rest', async () => {
  const rest = [
    [3, 'c', 31],
    [null, 'n', 0],
    [null, 'n', 1],
  ];
  expect(await merged('')).toEqual([[1, 'a', 10], [2, 'b', 21], ...rest]);
  expect(await merged("merge_update_columns=['kind']")).toContainEqual([2, 'b', 20]);
  expect(await merged("merge_exclude_columns=['N']")).toContainEqual([2, 'b', 20]);
  expect(await merged("merge_update_set_expressions={'n': 'DBT_INTERNAL_DEST.n + 100'}")).toContainEqual([
    2,
    'b',
    120,
  ]);
  expect(await merged("merge_update_condition='DBT_INTERNAL_SOURCE.n > 30'")).toContainEqual([2, 'b', 20]);
  expect(await merged("merge_insert_condition='DBT_INTERNAL_SOURCE.n > 40'")).not.toContainEqual([
    3,
    'c',
    31,
  ]);
});

test('merge_clauses spell out the branches', async () => {
  const clauses = (matched: string, unmatched: string): string =>
    `merge_clauses={'when_matched': [${matched}], 'when_not_matched': [${unmatched}]}`;
  const rows = await merged(
    clauses(
      "{'action': 'delete', 'condition': 'DBT_INTERNAL_SOURCE.n = 21'}",
      "{'action': 'delete', 'by': 'source'}, {'action': 'insert', 'mode': 'explicit', 'insert': {'columns': ['id', 'n'], 'values': ['DBT_INTERNAL_SOURCE.id', '7']}}",
    ),
  );
  expect(rows).toEqual([
    [3, null, 7],
    [null, null, 7],
  ]);
});

test('all mistakes of a merge are told at once', async () => {
  const { messages } = await combined(
    "unique_key='id', merge_update_columns='n', merge_insert_condition=3, merge_clauses={'when_matched': []}",
    'get_incremental_merge_sql',
  );
  expect(messages).toContain('merge_update_columns must be a list');
  expect(messages).toContain('merge_insert_condition must be a string, found: 3');
  expect(messages).toContain('merge_clauses.when_matched is empty');
});

test('a merge for other warehouses names every column', async () => {
  const project = await macroProject();
  const text = await printed(
    project,
    "{% set r = ref('numbers') %}{{ default__get_merge_sql(r, 'other', ['n', 'm'], get_columns_in_relation(r), ['p > 1']) }}",
  );
  expect(text).toBe(
    'merge into "shop"."main"."numbers" as DBT_INTERNAL_DEST using other as DBT_INTERNAL_SOURCE' +
      ' on (p > 1) and (DBT_INTERNAL_SOURCE.n = DBT_INTERNAL_DEST.n) and (DBT_INTERNAL_SOURCE.m = DBT_INTERNAL_DEST.m)' +
      ' when matched then update set "n" = DBT_INTERNAL_SOURCE."n" when not matched then insert ("n") values ("n")',
  );
});
