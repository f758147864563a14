import { expect, test } from 'vitest';
import { query, relations, sluice, testProject } from '../rig.ts';

const numbers = { 'models/numbers.sql': 'select unnest([1, 2, 2, null]) as n' };

const property = (test: string): string => `models:
  - name: numbers
    columns:
      - name: n
        data_tests:
${test
  .split('\n')
  .map((line) => `          ${line}`)
  .join('\n')}
`;

test.each([
  ['- unique', 'fail', 1, 'Got 1 result, configured to fail if != 0'],
  ['- not_null', 'fail', 1, 'Got 1 result, configured to fail if != 0'],
  ['- not_null: {config: {severity: warn}}', 'warn', 1, 'Got 1 result, configured to warn if != 0'],
  ['- not_null: {config: {where: n = 1}}', 'pass', 0, null],
  [
    '- accepted_values: {arguments: {values: [1], quote: false}}',
    'fail',
    1,
    'Got 1 result, configured to fail if != 0',
  ],
  ['- not_null: {config: {error_if: ">1"}}', 'warn', 1, 'Got 1 result, configured to warn if != 0'],
  ['- not_null: {config: {error_if: ">5", warn_if: ">3"}}', 'pass', 0, null],
  [
    '- unique: {config: {fail_calc: sum(n_records), error_if: ">=2"}}',
    'fail',
    2,
    'Got 2 results, configured to fail if >=2',
  ],
  ['- above: {arguments: {least: 2}}', 'fail', 1, 'Got 1 result, configured to fail if != 0'],
  [
    '- above: {arguments: {least: 3}, config: {limit: 2}}',
    'fail',
    2,
    'Got 2 results, configured to fail if != 0',
  ],
])('%s is %s with %i', async (yaml, status, failures, message) => {
  const project = testProject({
    ...numbers,
    'models/schema.yml': property(yaml),
    'tests/generic/above.sql':
      '{% test above(model, column_name, least) %} select * from {{ model }} where {{ column_name }} < {{ least }} {% endtest %}',
  });
  const { outcome } = await sluice(project, 'build');
  const tested = outcome!.results.find(({ node }) => node.resource_type === 'test')!;
  expect(tested).toMatchObject({ status, failures, message });
  expect(outcome!.success).toBe(status !== 'fail');
});

test('a singular test fails where its query gives rows', async () => {
  const project = testProject({
    ...numbers,
    'tests/none_above_two.sql': "select * from {{ ref('numbers') }} where n > 2",
    'tests/none_above_one.sql':
      "{{ config(severity='warn') }} select * from {{ ref('numbers') }} where n > 1",
  });
  expect((await sluice(project, 'build')).statuses).toMatchObject({
    none_above_two: 'pass',
    none_above_one: 'warn',
  });
});

test('a test whose query is wrong is an error, not a failure', async () => {
  const project = testProject({ ...numbers, 'tests/wrong.sql': 'select nothing' });
  const { statuses, diagnostics } = await sluice(project, 'build');
  expect(statuses).toMatchObject({ numbers: 'success', wrong: 'error' });
  expect(diagnostics.map(({ code }) => code)).toEqual(['warehouse-syntax']);
});

test('failures are stored where that is asked for, and the next run replaces them', async () => {
  const project = testProject({
    ...numbers,
    'models/schema.yml': property('- not_null: {config: {store_failures: true, alias: empty_numbers}}'),
    'tests/twos.sql': "{{ config(store_failures_as='view') }} select * from {{ ref('numbers') }} where n = 2",
  });
  const { statuses } = await sluice(project, 'build');
  expect(statuses).toEqual({ numbers: 'success', not_null_numbers_n: 'fail', twos: 'fail' });
  expect(await query(project, 'select count(*)::int from main_dbt_test__audit.empty_numbers')).toEqual([[1]]);
  expect(await relations(project)).toContain('main_dbt_test__audit.twos view');
  project.write({ 'models/numbers.sql': 'select 1 as n' });
  expect((await sluice(project, 'build')).outcome?.success).toBe(true);
  expect(await query(project, 'select count(*)::int from main_dbt_test__audit.empty_numbers')).toEqual([[0]]);
});

test('a failing test skips what stands on all that it tests, and nothing else', async () => {
  const project = testProject({
    'models/a.sql': 'select 1 as id',
    'models/b.sql': 'select 1 as id',
    'models/below_a.sql': "select * from {{ ref('a') }}",
    'models/below_both.sql': "select * from {{ ref('a') }} join {{ ref('b') }} using (id)",
    'models/further.sql': "select * from {{ ref('below_both') }}",
    'tests/both.sql': "select * from {{ ref('a') }} join {{ ref('b') }} using (id)",
  });
  const { statuses, messages, outcome } = await sluice(project, 'build');
  expect(statuses).toEqual({
    a: 'success',
    b: 'success',
    below_a: 'success',
    both: 'fail',
    below_both: 'skipped',
    further: 'skipped',
  });
  expect(messages['further']).toBe('Skipping because of test.shop.both');
  const skipped = outcome!.results.filter(({ status }) => status === 'skipped');
  expect(skipped.map(({ skippedBecause }) => skippedBecause)).toEqual(['test.shop.both', 'test.shop.both']);
});

test('a warning skips nothing', async () => {
  const project = testProject({
    'models/a.sql': 'select 1 as id',
    'models/b.sql': "select * from {{ ref('a') }}",
    'tests/t.sql': "{{ config(severity='warn') }} select * from {{ ref('a') }}",
  });
  const { statuses, outcome } = await sluice(project, 'build');
  expect(statuses).toEqual({ a: 'success', t: 'warn', b: 'success' });
  expect(outcome?.success).toBe(true);
});

test('a failed model skips everything below it, its tests included, and names itself', async () => {
  const project = testProject({
    'models/a.sql': 'select nothing',
    'models/b.sql': "select * from {{ ref('a') }}",
    'models/c.sql': "select * from {{ ref('b') }}",
    'tests/t.sql': "select * from {{ ref('a') }}",
  });
  const { statuses, messages } = await sluice(project, 'build');
  expect(statuses).toEqual({ a: 'error', b: 'skipped', c: 'skipped', t: 'skipped' });
  expect(messages['c']).toBe('Skipping because of model.shop.a');
});
