import { expect, test } from 'vitest';
import { type Files, query, sluice, type TestProject, testProject } from '../rig.ts';

const key = '{name: id, data_type: integer, constraints: [{type: primary_key}]}';
const pointing = (name: string, to: string, more = '') =>
  `{name: ${name}, data_type: integer, constraints: [{type: foreign_key, expression: main.${to} (id)}${more}]}`;

const contract = (name: string, ...columns: readonly string[]): string =>
  `- {name: ${name}, config: {contract: {enforced: true}}, columns: [${columns.join(', ')}]}\n`;

/** Parcels of orders of customers, each of which can be with those before it only. */
function orders(files: Files = {}): TestProject {
  return testProject({
    'dbt_project.yml': 'name: shop\nprofile: shop\nmodels: {+materialized: table}\n',
    'models/customers.sql': 'select unnest([1, 2, 3]) as id',
    'models/orders.sql': "select 1 as customer, id from {{ ref('customers') }}",
    'models/parcels.sql': "select id as order_id from {{ ref('orders') }}",
    'models/shop.yml': `models:\n${contract('customers', key)}${contract('orders', pointing('customer', 'customers'), key)}${contract('parcels', pointing('order_id', 'orders'))}`,
    ...files,
  });
}

const keys = (project: TestProject) =>
  query(
    project,
    "select table_name, referenced_table from duckdb_constraints() where constraint_type = 'FOREIGN KEY' order by 1",
  );

const everyKey = [
  ['orders', 'customers'],
  ['parcels', 'orders'],
];

test('tables that foreign keys point to are built again and again, and so are the keys', async () => {
  const project = orders();
  for (const options of [{}, {}, { select: ['orders+'] }, { select: ['parcels'] }, { fullRefresh: true }]) {
    const { diagnostics } = await sluice(project, 'run', options);
    expect(diagnostics.map(({ message }) => message)).toEqual([]);
    expect(await keys(project)).toEqual(everyKey);
  }
  expect(await query(project, 'select count(*) from parcels')).toEqual([['3']]);
});

test('tables whose own models fail afterwards keep their rows', async () => {
  const project = orders();
  await sluice(project, 'run');
  project.write({ 'models/orders.sql': "select customer, gone as id from {{ ref('customers') }}" });
  const { statuses } = await sluice(project, 'run');
  expect(statuses).toEqual({ customers: 'success', orders: 'error', parcels: 'skipped' });
  expect(await query(project, 'select count(*) from orders union all select count(*) from parcels')).toEqual([
    ['3'],
    ['3'],
  ]);
  const names = await query(project, 'select table_name from duckdb_tables() order by 1');
  expect(names).toEqual([['customers'], ['orders'], ['parcels']]);
});

test.each([
  ['select', { select: ['customers', 'orders'] }, "parcels (model 'parcels' is not selected)"],
  ['adds', {}, "orders (model 'orders' adds to it: run it with --full-refresh)"],
  [
    'no ref',
    {},
    "orders (model 'orders' has no ref to what its key points to: write the constraint with to: ref(...))",
  ],
  ['stranger', {}, 'parcels (no model of this project builds it)'],
])('a table is not replaced where foreign keys would be lost: %s', async (what, options, problem) => {
  const project = orders();
  await sluice(project, 'run');
  if (what === 'adds') {
    project.write({
      'models/orders.sql': `{{ config(materialized='incremental', on_schema_change='fail') }}
        select 1 as customer, 7 as id from {{ ref('customers') }} where false`,
    });
  }
  if (what === 'no ref') project.write({ 'models/orders.sql': 'select 1 as customer, 1 as id' });
  if (what === 'stranger') project.write({ 'models/parcels.sql': null });
  const { statuses, diagnostics } = await sluice(project, 'run', options);
  expect(statuses['customers']).toBe('error');
  expect(diagnostics[0]!.message).toBe(
    `"shop"."main"."customers" cannot be replaced: foreign keys of these tables lead to it, and this run does not build them anew after it: ${problem}`,
  );
  expect(await keys(project)).toEqual(everyKey);
});
