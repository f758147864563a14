import { expect, test } from 'vitest';
import { query, sluice, type TestProject, testProject } from '../rig.ts';

/** A model that gives one set of rows first and another when it adds to them. */
const model = (config: string, first: string, then: string): string =>
  `{{ config(materialized='incremental'${config === '' ? '' : `, ${config}`}) }}
{% if is_incremental() %}${then}{% else %}${first}{% endif %}`;

async function run(project: TestProject, options: object = {}): Promise<void> {
  const { outcome, diagnostics } = await sluice(project, 'run', options);
  expect(diagnostics).toEqual([]);
  expect(outcome?.success).toBe(true);
}

const rows = (project: TestProject) => query(project, 'from a order by all');

test('the first run builds, the next ones add, and a full refresh builds again', async () => {
  const project = testProject({ 'models/a.sql': model('', 'select 1 as id', 'select 2 as id') });
  await run(project);
  expect(await rows(project)).toEqual([[1]]);
  await run(project);
  await run(project);
  expect(await rows(project)).toEqual([[1], [2], [2]]);
  await run(project, { fullRefresh: true });
  expect(await rows(project)).toEqual([[1]]);
});

test('full_refresh: false of a model wins over the flag', async () => {
  const project = testProject({
    'models/a.sql': model('full_refresh=false', 'select 1 as id', 'select 2 as id'),
  });
  await run(project);
  await run(project, { fullRefresh: true });
  expect(await rows(project)).toEqual([[1], [2]]);
});

test('full_refresh: true of a model builds again every time', async () => {
  const project = testProject({
    'models/a.sql': model('full_refresh=true', 'select 1 as id', 'select 2 as id'),
  });
  await run(project);
  await run(project);
  expect(await rows(project)).toEqual([[1]]);
});

test('a model may ask its own table where it stopped', async () => {
  const project = testProject({
    'seeds/events.csv': 'id\n1\n2\n3\n',
    'models/a.sql': `{{ config(materialized='incremental') }}
select id from {{ ref('events') }}
{% if is_incremental() %} where id > (select max(id) from {{ this }}) {% endif %}`,
  });
  await sluice(project, 'build');
  project.write({ 'seeds/events.csv': 'id\n1\n2\n3\n4\n' });
  await sluice(project, 'build');
  await sluice(project, 'build');
  expect(await rows(project)).toEqual([['1'], ['2'], ['3'], ['4']].map(([id]) => [Number(id)]));
});

test('a unique key replaces the rows that come again', async () => {
  const project = testProject({
    'models/a.sql': model(
      "unique_key='id'",
      "select 1 as id, 'old' as v union all select 2, 'old'",
      "select 2 as id, 'new' as v union all select 3, 'new'",
    ),
  });
  await run(project);
  await run(project);
  expect(await rows(project)).toEqual([
    [1, 'old'],
    [2, 'new'],
    [3, 'new'],
  ]);
});

test('a composite key replaces where all of it matches', async () => {
  const project = testProject({
    'models/a.sql': model(
      "unique_key=['id', 'day']",
      "select 1 as id, 1 as day, 'old' as v union all select 1, 2, 'old'",
      "select 1 as id, 2 as day, 'new' as v",
    ),
  });
  await run(project);
  await run(project);
  expect(await rows(project)).toEqual([
    [1, 1, 'old'],
    [1, 2, 'new'],
  ]);
});

test('a key may be an expression', async () => {
  const project = testProject({
    'models/a.sql': model(
      'unique_key="lower(id)"',
      "select 'A' as id, 'old' as v",
      "select 'a' as id, 'new' as v",
    ),
  });
  await run(project);
  await run(project);
  expect(await rows(project)).toEqual([['a', 'new']]);
});

test.each([
  ['the new rows', "unique_key='idd'", 'select 1 as id', 'select 2 as id', "did you mean 'id'?"],
  ['the new rows', "unique_key=['id', 'day']", 'select 1 as id, 1 as day', 'select 2 as id', 'there are: id'],
  ['the table', "unique_key='day'", 'select 1 as id', 'select 1 as id, 1 as day', 'there are: id'],
])('a key that is no column of %s is named', async (where, config, first, then, hint) => {
  const project = testProject({ 'models/a.sql': model(config, first, then) });
  await run(project);
  const { diagnostics } = await sluice(project, 'run');
  expect(diagnostics).toMatchObject([{ code: 'unique-key-column-missing', hint }]);
  expect(diagnostics[0]!.message).toContain(`is no column of ${where}`);
  expect(await query(project, 'select count(*)::int from a')).toEqual([[1]]);
});

test('on_schema_change ignore leaves out new columns', async () => {
  const project = testProject({
    'models/a.sql': model("on_schema_change='ignore'", 'select 1 as id', 'select 2 as id, 2 as more'),
  });
  await run(project);
  await run(project);
  expect(await rows(project)).toEqual([[1], [2]]);
});

test('on_schema_change fail names what is new and what is gone, and adds nothing', async () => {
  const project = testProject({
    'models/a.sql': model("on_schema_change='fail'", 'select 1 as id, 1 as old', 'select 2 as id, 2 as more'),
  });
  await run(project);
  const { diagnostics } = await sluice(project, 'run');
  expect(diagnostics.map(({ code }) => code)).toEqual(['schema-changed']);
  expect(diagnostics[0]!.message).toBe(
    "The columns of 'a' have changed (new: more; gone: old), and on_schema_change is 'fail'",
  );
  expect(await rows(project)).toEqual([[1, 1]]);
});

test('on_schema_change fail names a column that changes its type', async () => {
  const project = testProject({
    'models/a.sql': model("on_schema_change='fail'", 'select 1 as id', "select 'x' as id"),
  });
  await run(project);
  const { diagnostics } = await sluice(project, 'run');
  expect(diagnostics[0]!.message).toContain('(of another type: id, INTEGER before and VARCHAR now)');
});

test('on_schema_change append_new_columns adds columns and keeps the old ones', async () => {
  const project = testProject({
    'models/a.sql': model(
      "on_schema_change='append_new_columns'",
      'select 1 as id, 1 as old',
      "select 2 as id, 'x' as more",
    ),
  });
  await run(project);
  await run(project);
  expect(await query(project, 'select id, old, more from a order by id')).toEqual([
    [1, 1, null],
    [2, null, 'x'],
  ]);
});

test('on_schema_change sync_all_columns adds, removes and changes types', async () => {
  const project = testProject({
    'models/a.sql': model(
      "on_schema_change='sync_all_columns'",
      'select 1 as id, 1 as old, 1 as v',
      "select 2 as id, 'x' as more, 'text' as v",
    ),
  });
  await run(project);
  await run(project);
  expect(await query(project, 'select id, v, more from a order by id')).toEqual([
    [1, '1', null],
    [2, 'text', 'x'],
  ]);
  expect(await query(project, 'select column_name from (describe a) order by 1')).toEqual([
    ['id'],
    ['more'],
    ['v'],
  ]);
});

test('columns that come in another order go where their names say', async () => {
  const project = testProject({
    'models/a.sql': model('', "select 1 as id, 'x' as name", "select 'y' as name, 2 as id"),
  });
  await run(project);
  await run(project);
  expect(await rows(project)).toEqual([
    [1, 'x'],
    [2, 'y'],
  ]);
});

test('an unknown strategy is told with those that there are', async () => {
  const project = testProject({
    'models/a.sql': model("incremental_strategy='delete_insert'", 'select 1 as id', ''),
  });
  const { diagnostics } = await sluice(project, 'run');
  expect(diagnostics).toMatchObject([
    { code: 'incremental-strategy-unknown', hint: "did you mean 'delete+insert'?" },
  ]);
});
