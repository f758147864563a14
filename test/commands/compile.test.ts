import { expect, test } from 'vitest';
import { sluice, testProject } from '../rig.ts';

test('a template of the command line is the one result of its compilation', async () => {
  const project = testProject({ 'models/orders.sql': 'select 7 as amount' });
  const inline = "select amount from {{ ref('orders') }}";
  const { outcome, diagnostics } = await sluice(project, 'compile', { inline });
  expect(diagnostics).toEqual([]);
  const sql = 'select amount from "shop"."main"."orders"';
  expect(outcome).toMatchObject({ results: [{ status: 'success' }], compiled: [{ name: null, sql }] });
  expect(project.json<{ results: object[] }>('target/run_results.json').results).toEqual([
    {
      status: 'success',
      timing: ['compile', 'execute'].map((name) => ({
        name,
        started_at: expect.any(String),
        completed_at: expect.any(String),
      })),
      thread_id: 'Thread-1 (worker)',
      execution_time: expect.any(Number),
      adapter_response: {},
      message: null,
      failures: null,
      unique_id: 'sql_operation.shop.inline_query',
      compiled: true,
      compiled_code: sql,
      relation_name: null,
      batch_results: null,
    },
  ]);
});

test('a metric has its fields while a model is compiled', async () => {
  const project = testProject({
    'models/sales.sql': "select 1 as sale, date '2026-01-01' as sold_at, 3 as price",
    'models/days.sql': "select date '2026-01-01' as day_at",
    'models/told.sql':
      "{% set m = metric('revenue') %}{{ m }}: {{ m.label }} of {{ m.package_name }}, {{ m.type_params.measure.name }}",
    'models/s.yml': [
      'models: [{name: days, columns: [{name: day_at, granularity: day}], time_spine: {standard_granularity_column: day_at}}]',
      'semantic_models:',
      '  - name: sales',
      "    model: ref('sales')",
      '    defaults: {agg_time_dimension: sold_at}',
      '    entities: [{name: sale, type: primary}]',
      '    dimensions: [{name: sold_at, type: time, type_params: {time_granularity: day}}]',
      '    measures: [{name: price, agg: sum}]',
      'metrics: [{name: revenue, label: All sold, type: simple, type_params: {measure: price}}]',
    ].join('\n'),
  });
  const { outcome } = await sluice(project, 'compile', { select: ['told'] });
  expect(outcome).toMatchObject({ compiled: [{ name: 'told', sql: 'revenue: All sold of shop, price' }] });
});

test('a template of the command line that cannot be compiled leaves the results of the last run', async () => {
  const project = testProject({ 'models/orders.sql': 'select 7 as amount' });
  await sluice(project, 'run');
  const before = project.read('target/run_results.json');
  const { diagnostics } = await sluice(project, 'compile', { inline: "select * from {{ ref('order') }}" });
  expect(diagnostics).toMatchObject([{ code: 'ref-not-found' }]);
  expect(project.read('target/run_results.json')).toBe(before);
});
