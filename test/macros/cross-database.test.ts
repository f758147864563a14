import { expect, test } from 'vitest';
import recorded from './cross-database.json' with { type: 'json' };
import { macroProject, rowsOf } from './rig.ts';

test('cross-database macros give the values and types that dbt gives on DuckDB', async () => {
  const project = await macroProject();
  const columns = recorded.cases.map(
    ({ call }) => `{% set x = ${call} %} cast(({{ x }}) as varchar), typeof(({{ x }}))`,
  );
  const [row] = await rowsOf(project, `select ${columns.join(', ')} from {{ ref('numbers') }}`);
  const ours = recorded.cases.map(({ call }, index) => ({
    call,
    value: row![2 * index],
    type: row![2 * index + 1],
  }));
  expect(ours).toEqual(recorded.cases);
});

test('plain calls and calls by the package are the same', async () => {
  const project = await macroProject();
  const calls = [
    "dateadd('day', 1, 'x')",
    "datediff('a', 'b', 'day')",
    "hash('f')",
    "concat(['a', 'b'])",
    'type_string()',
  ];
  const both = calls.map((call) => `select '{{ (${call} == dbt.${call}) | string }}'`);
  expect(await rowsOf(project, both.join(' union all '))).toEqual(calls.map(() => ['True']));
});
