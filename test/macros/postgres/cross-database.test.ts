import { expect, test } from 'vitest';
import recorded from '../cross-database-postgres.json' with { type: 'json' };
import { printed, rowsOf } from '../rig.ts';
import { macroProject } from './rig.ts';

test('cross-database macros give the values and types that dbt gives on PostgreSQL', async () => {
  const project = await macroProject();
  const columns = recorded.cases.map(
    ({ call }) => `{% set x = ${call} %} cast(({{ x }}) as varchar), pg_typeof(({{ x }}))::text`,
  );
  const [row] = await rowsOf(project, `select ${columns.join(', ')} from {{ ref('numbers') }}`);
  const ours = recorded.cases.map(({ call }, index) => ({
    call,
    value: row![2 * index],
    type: row![2 * index + 1],
  }));
  expect(ours).toEqual(recorded.cases);
});

test('quarters are added, which intervals do not know', async () => {
  const project = await macroProject();
  const calls = [
    `dbt.dateadd('quarter', 3, "date '2024-01-31'")`,
    `dbt.dateadd('quarter', -1, "date '2024-05-31'")`,
  ];
  expect(
    await rowsOf(project, `select ${calls.map((call) => `({{ ${call} }})::date::text`).join(', ')}`),
  ).toEqual([['2024-10-31', '2024-02-29']]);
});

test('a part that datediff does not know is refused with those that it knows', async () => {
  const project = await macroProject();
  const text = await printed(project, `{{ datediff("'a'", "'b'", 'decade') }}`);
  expect(text).toContain("datediff knows no part 'decade' here; there are: year, quarter, month");
});

test('two nulls are equal where the project says so', async () => {
  const project = await macroProject({
    'dbt_project.yml': 'name: shop\nprofile: shop\nflags: {enable_truthy_nulls_equals_macro: true}\n',
  });
  expect(await rowsOf(project, "select {{ equals('null', 'null') }}, {{ equals('null', '1') }}")).toEqual([
    [true, false],
  ]);
});
