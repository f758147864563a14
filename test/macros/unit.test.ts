import { expect, test } from 'vitest';
import { macroProject, printed, rowsOf } from './rig.ts';

const types = "{'id': 'integer', 'name': 'varchar', 'day': 'date'}";

test('fixture rows have every column, typed, and nulls where they say nothing', async () => {
  const project = await macroProject();
  const rows = await rowsOf(
    project,
    `select id, name, day::text from ({{ get_fixture_sql([{'ID': 1, 'name': "it's"}, {'day': '2024-02-29'}], ${types}) }}) order by all`,
  );
  expect(rows).toEqual([
    [1, "it's", null],
    [null, null, '2024-02-29'],
  ]);
  expect(await rowsOf(project, `{{ get_fixture_sql([], ${types}) }}`)).toEqual([]);
});

test('expected rows have the columns that they name only', async () => {
  const project = await macroProject();
  const quoted = `{'id': '"id"', 'name': '"name"', 'day': '"day"'}`;
  expect(
    await printed(project, `{{ get_expected_sql([{'id': 1, 'day': none}], ${types}, ${quoted}) }}`),
  ).toBe('select cast(1 as integer) as "id", cast(null as date) as "day"');
});

test('a column that the model has not is refused with those that it has', async () => {
  const project = await macroProject();
  expect(await printed(project, `{{ get_fixture_sql([{'nope': 1}], ${types}) }}`)).toContain(
    "Invalid column name: 'nope' in unit test fixture",
  );
});

test('actual and expected rows come in one query', async () => {
  const project = await macroProject();
  const sql = `{{ get_unit_test_sql('select 1 as id', 'select 2 as id', ['id']) }} order by id`;
  expect(await rowsOf(project, sql)).toEqual([
    [1, 'actual'],
    [2, 'expected'],
  ]);
});
