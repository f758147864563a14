import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { query, relations, sluice, start, type TestProject, testProject } from '../rig.ts';

const before = async (project: TestProject): Promise<void> => {
  expect((await sluice(project, 'build')).outcome?.success).toBe(true);
};

/** Rows and type of `a`, and that nothing of ours was left beside it. */
async function stands(project: TestProject, type: 'table' | 'view', rows: unknown): Promise<void> {
  expect(await query(project, 'from a order by all')).toEqual(rows);
  const left = await relations(project);
  expect(left).toContain(`main.a ${type}`);
  expect(left.filter((name) => /__sluice_|__dbt_/.test(name))).toEqual([]);
}

const broken = (config: string, sql = "select 2 as id, error('broken') as x"): string =>
  `{{ config(${config}) }} ${sql}`;

const cases: readonly {
  readonly what: string;
  readonly old: string;
  readonly type: 'table' | 'view';
  readonly next: string;
}[] = [
  {
    what: 'a view that does not bind',
    old: 'select 1 as id',
    type: 'view',
    next: 'select nothing',
  },
  {
    what: 'a table whose query fails half way',
    old: "{{ config(materialized='table') }} select 1 as id",
    type: 'table',
    next: broken(
      "materialized='table'",
      "select if(range = 90000, error('broken'), range) as id from range(100000)",
    ),
  },
  {
    what: 'a table that becomes a view',
    old: "{{ config(materialized='table') }} select 1 as id",
    type: 'table',
    next: 'select nothing',
  },
  {
    what: 'a view that becomes a table',
    old: 'select 1 as id',
    type: 'view',
    next: broken("materialized='table'"),
  },
  {
    what: 'an append whose query fails',
    old: "{{ config(materialized='incremental') }} select 1 as id",
    type: 'table',
    next: broken("materialized='incremental'", "select error('broken') as id"),
  },
  {
    what: 'a delete+insert whose insert fails after its delete',
    old: "{{ config(materialized='incremental', unique_key='id') }} select 1 as id",
    type: 'table',
    next: broken(
      "materialized='incremental', unique_key='id'",
      "select 1 as id union all select 'many'::varchar",
    ),
  },
  {
    what: 'a full refresh that fails',
    old: "{{ config(materialized='incremental') }} select 1 as id",
    type: 'table',
    next: broken("materialized='incremental', full_refresh=true"),
  },
  {
    what: 'a post-hook inside the transaction',
    old: "{{ config(materialized='table') }} select 1 as id",
    type: 'table',
    next: "{{ config(materialized='table', post_hook='insert into {{ this }} select nothing') }} select 2 as id",
  },
  {
    what: 'a pre-hook inside the transaction',
    old: "{{ config(materialized='table') }} select 1 as id",
    type: 'table',
    next: "{{ config(materialized='table', pre_hook=['delete from {{ this }}', 'select nothing']) }} select 2 as id",
  },
  {
    what: 'a pre-hook before the transaction',
    old: "{{ config(materialized='table') }} select 1 as id",
    type: 'table',
    next: "{{ config(materialized='table', pre_hook={'sql': 'select nothing', 'transaction': false}) }} select 2 as id",
  },
  {
    what: 'a template that raises after it wrote nothing',
    old: "{{ config(materialized='table') }} select 1 as id",
    type: 'table',
    next: "{{ config(materialized='table') }} {% if execute %}{{ exceptions.raise_compiler_error('no') }}{% endif %} select 2 as id",
  },
];

test.each(cases)(
  '$what leaves what was there, and the next run repairs alone',
  async ({ old, type, next }) => {
    const project = testProject({ 'models/a.sql': old });
    await before(project);
    project.write({ 'models/a.sql': next });
    const failed = await sluice(project, 'build');
    expect(failed.statuses).toEqual({ a: 'error' });
    expect(failed.diagnostics).toHaveLength(1);
    await stands(project, type, [[1]]);
    project.write({ 'models/a.sql': "{{ config(materialized='table') }} select 3 as id" });
    await before(project);
    await stands(project, 'table', [[3]]);
  },
);

test('a seed that does not fit leaves the rows that were there', async () => {
  const project = testProject({ 'seeds/a.csv': 'id\n1\n' });
  await before(project);
  project.write({
    'seeds/a.csv': 'id\n2\nmany\n',
    'seeds/seeds.yml': 'seeds: [{name: a, config: {column_types: {id: integer}}}]',
  });
  expect((await sluice(project, 'build')).statuses).toEqual({ a: 'error' });
  await stands(project, 'table', [[1]]);
});

test('a post-hook after the transaction cannot take the table back, and its failure is told', async () => {
  const project = testProject({
    'models/a.sql':
      "{{ config(materialized='table', post_hook={'sql': 'select nothing', 'transaction': false}) }} select 2 as id",
    'models/b.sql': "select * from {{ ref('a') }}",
  });
  const { statuses } = await sluice(project, 'build');
  expect(statuses).toEqual({ a: 'error', b: 'skipped' });
  await stands(project, 'table', [[2]]);
});

test('hooks inside the transaction take effect with the table, in their order', async () => {
  const project = testProject({
    'models/a.sql': `{{ config(
      materialized='table',
      pre_hook=["create table if not exists log (what varchar)", "insert into log values ('pre')"],
      post_hook=["insert into log select 'post ' || count(*) from {{ this }}"],
    ) }} select 1 as id`,
  });
  await before(project);
  expect(await query(project, 'from log')).toEqual([['pre'], ['post 1']]);
});

test('a model may read its own table while it is replaced', async () => {
  const project = testProject({
    'models/a.sql':
      "{{ config(materialized='table') }} select {% if adapter.get_relation(this.database, this.schema, this.identifier) %}id + 1 as id from {{ this }}{% else %}1 as id{% endif %}",
  });
  await before(project);
  await before(project);
  await stands(project, 'table', [[2]]);
});

test('tables of either kind turn into each other and back', async () => {
  const project = testProject();
  for (const [index, type] of (['view', 'table', 'view', 'incremental', 'view'] as const).entries()) {
    project.write({ 'models/a.sql': `{{ config(materialized='${type}') }} select ${index} as id` });
    await before(project);
    await stands(project, type === 'view' ? 'view' : 'table', [[index]]);
  }
});

test('a reader never sees a table missing or empty while it is rebuilt', async () => {
  const project = testProject({
    'models/a.sql': "{{ config(materialized='table') }} select range as id from range(200000)",
    // Below a row group: DuckDB 1.5 itself shows old and new rows together for a moment when more are committed.
    'models/b.sql':
      "{{ config(materialized='incremental', unique_key='id') }} select range as id from range(50000)",
  });
  await before(project);
  const instance = await DuckDBInstance.fromCache(project.path('shop.duckdb'), {});
  const reader = await instance.connect();
  const seen = new Set<string>();
  let building = true;
  const watching = (async () => {
    while (building) {
      for (const name of ['a', 'b']) {
        const [row] = (await reader.runAndReadAll(`select count(*)::int from ${name}`)).getRowsJson();
        seen.add(`${name} ${String(row![0])}`);
      }
    }
  })();
  for (let round = 0; round < 3; round += 1) await before(project);
  building = false;
  await watching;
  reader.closeSync();
  instance.closeSync();
  expect([...seen].sort()).toEqual(['a 200000', 'b 50000']);
});

test('a cancelled run leaves what was there, says so, and the next run repairs alone', async () => {
  const project = testProject({
    'models/a.sql': "{{ config(materialized='table') }} select 1 as id",
    'models/b.sql': "{{ config(materialized='table') }} select 1 as id -- {{ ref('a') }}",
    'models/c.sql': "select * from {{ ref('b') }}",
  });
  await before(project);
  project.write({
    'models/a.sql': "{{ config(materialized='table') }} select 2 as id",
    'models/b.sql':
      "{{ config(materialized='table') }} select count(*) as id from range(100000000000) -- {{ ref('a') }}",
  });
  const invocation = start(project, 'build');
  for await (const event of invocation.events()) {
    if (event.name === 'statement-sent' && event.sql.includes('range(')) invocation.cancel();
  }
  const outcome = await invocation;
  expect(outcome).toMatchObject({ success: false, interrupted: true });
  expect(outcome.results.map(({ node, status }) => [node.name, status])).toEqual([
    ['a', 'success'],
    ['b', 'skipped'],
    ['c', 'skipped'],
  ]);
  expect(project.json<{ results: unknown[] }>('target/run_results.json').results).toHaveLength(3);
  await stands(project, 'table', [[2]]);
  expect(await query(project, 'from b')).toEqual([[1]]);
});
