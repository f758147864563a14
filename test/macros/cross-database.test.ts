import { expect, test } from 'vitest';
import recorded from './cross-database.json' with { type: 'json' };
import { macroProject, printed, rowsOf } from './rig.ts';

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

test('days of a range of partitions, as text', async () => {
  const project = await macroProject();
  const calls = [
    "partition_range('20240228, 20240301')",
    "partition_range('2024-01-05', '%Y-%m-%d')",
    "dates_in_range('20240101')",
  ];
  const text = await printed(project, calls.map((call) => `{{ ${call} | join(' ') }}`).join('|'));
  expect(text).toBe('20240228 20240229 20240301|20240105|20240101');
  expect(await printed(project, "{{ partition_range('20240103,20240101') }}")).toContain(
    '2024-01-03, comes after the last, 2024-01-01',
  );
  expect(await printed(project, "{{ partition_range('1,2,3') }}")).toContain("not '1,2,3'");
  expect(await printed(project, "{{ convert_datetime('20240105', '%Y-%m-%d') }}")).toContain(
    "'20240105' is no date",
  );
});
