import { describe, expect, test } from 'vitest';
import { readManifest, readRunResults } from '../../src/artifacts/read.ts';
import { positionAt } from '../../src/core/span.ts';
import { cli, query, relations, sluice, testProject } from '../rig.ts';

const shop = {
  'seeds/raw_orders.csv': 'id,amount\n1,10\n2,20\n3,\n',
  'models/stg_orders.sql': "select * from {{ ref('raw_orders') }} where amount is not null",
  'models/orders.sql': "{{ config(materialized='table') }} select id, amount from {{ ref('stg_orders') }}",
  'models/totals.sql':
    "{{ config(materialized='table', tags='late') }} select sum(amount) as total from {{ ref('orders') }}",
  'models/schema.yml': `models:
  - name: orders
    columns:
      - name: id
        data_tests: [not_null, unique]
`,
  'tests/no_negative_amounts.sql': "select * from {{ ref('orders') }} where amount < 0",
};

test('build loads seeds, builds models and tests them in the order of the graph', async () => {
  const project = testProject(shop);
  const { outcome, statuses, events } = await sluice(project, 'build');
  expect(outcome?.success).toBe(true);
  expect(statuses).toEqual({
    raw_orders: 'success',
    stg_orders: 'success',
    orders: 'success',
    not_null_orders_id: 'pass',
    unique_orders_id: 'pass',
    no_negative_amounts: 'pass',
    totals: 'success',
  });
  const order = outcome!.results.map(({ node }) => node.name);
  expect(order.slice(0, 3)).toEqual(['raw_orders', 'stg_orders', 'orders']);
  expect(order.at(-1)).toBe('totals');
  expect(await relations(project)).toEqual([
    'main.orders table',
    'main.raw_orders table',
    'main.stg_orders view',
    'main.totals table',
  ]);
  expect(await query(project, 'select total::int from totals')).toEqual([[30]]);
  expect(events[0]).toMatchObject({ name: 'invocation-started', command: 'build', dbtVersion: '1.11.16' });
  expect(events.at(-1)).toMatchObject({ name: 'invocation-finished', success: true });
  expect(events.find(({ name }) => name === 'project-parsed')).toMatchObject({
    projectName: 'shop',
    targetName: 'dev',
    adapterType: 'duckdb',
    counts: { model: 3, seed: 1, data_test: 3 },
  });
  expect(events.find(({ name }) => name === 'run-finished')).toMatchObject({
    counts: { success: 4, pass: 3, error: 0 },
    kinds: { 'table model': 2, 'view model': 1, seed: 1, 'data test': 3 },
    problems: [],
    interrupted: false,
  });
  const started = events.filter(({ name }) => name === 'node-started');
  const finished = events.filter(({ name }) => name === 'node-finished');
  expect([started.length, finished.length]).toEqual([7, 7]);
});

test('a build leaves a manifest with compiled SQL, run results and both kinds of files', async () => {
  const project = testProject(shop);
  await sluice(project, 'build', { args: { which: 'build' } });
  const manifest = await readManifest(project.path('target/manifest.json'));
  const results = await readRunResults(project.path('target/run_results.json'));
  expect(manifest.metadata).toMatchObject({ project_name: 'shop', adapter_type: 'duckdb' });
  expect(manifest.nodes['model.shop.orders']).toMatchObject({
    compiled: true,
    compiled_path: 'target/compiled/shop/models/orders.sql',
    compiled_code: ' select id, amount from "shop"."main"."stg_orders"',
  });
  expect(manifest.parent_map?.['model.shop.totals']).toEqual(['model.shop.orders']);
  expect(results.metadata.invocation_id).toBe(manifest.metadata.invocation_id);
  expect(results.args).toMatchObject({ which: 'build' });
  expect(results.results).toHaveLength(7);
  const orders = results.results.find(({ unique_id }) => unique_id === 'model.shop.orders')!;
  expect(orders).toMatchObject({
    status: 'success',
    relation_name: '"shop"."main"."orders"',
    failures: null,
  });
  expect(orders.timing.map(({ name }) => name)).toEqual(['compile', 'execute']);
  expect(project.read('target/compiled/shop/models/orders.sql').trim()).toBe(
    'select id, amount from "shop"."main"."stg_orders"',
  );
  expect(project.read('target/run/shop/models/orders.sql')).toContain('create or replace');
});

test('run builds models only, seed loads seeds only, test tests what stands', async () => {
  const project = testProject(shop);
  expect((await sluice(project, 'seed')).statuses).toEqual({ raw_orders: 'success' });
  const ran = await sluice(project, 'run');
  expect(ran.statuses).toEqual({ stg_orders: 'success', orders: 'success', totals: 'success' });
  const tested = await sluice(project, 'test');
  expect(Object.values(tested.statuses)).toEqual(['pass', 'pass', 'pass']);
});

test.each([
  [{ select: ['orders'] }, ['no_negative_amounts', 'not_null_orders_id', 'orders', 'unique_orders_id']],
  [{ select: ['+stg_orders'] }, ['raw_orders', 'stg_orders']],
  [{ select: ['orders+'], exclude: ['test_type:data'] }, ['orders', 'totals']],
  [{ select: ['tag:late', 'raw_orders'] }, ['raw_orders', 'totals']],
  [{ exclude: ['orders'] }, ['raw_orders', 'stg_orders', 'totals']],
  [{ resourceTypes: ['seed'] }, ['raw_orders']],
  [{ select: ['models/totals.sql'] }, ['totals']],
])('the selection %j means %j', async (options, names) => {
  const project = testProject(shop);
  await sluice(project, 'build');
  const { statuses } = await sluice(project, 'build', options);
  expect(Object.keys(statuses).sort()).toEqual(names);
});

test('nothing selected is no failure, is told, and leaves empty results', async () => {
  const project = testProject(shop);
  const { outcome, warnings, events } = await sluice(project, 'build', { select: ['ordrs'] });
  expect(outcome).toMatchObject({ success: true, results: [] });
  expect(warnings).toMatchObject([
    {
      code: 'selection-criterion-unmatched',
      event: 'NoNodesForSelectionCriteria',
      hint: "did you mean 'orders'?",
    },
  ]);
  expect(events.some(({ name }) => name === 'nothing-selected')).toBe(true);
  expect((await readRunResults(project.path('target/run_results.json'))).results).toEqual([]);
  expect(Object.keys((await readManifest(project.path('target/manifest.json'))).nodes)).toHaveLength(7);
  expect(project.has('shop.duckdb')).toBe(false);
});

test('vars of the command line win over those of the project', async () => {
  const project = testProject({
    'dbt_project.yml': 'name: shop\nprofile: shop\nvars: {day: 1, night: 2}\n',
    'models/a.sql': "select {{ var('day') }} as day, {{ var('night') }} as night",
  });
  await sluice(project, 'build', { vars: { day: 7 } });
  expect(await query(project, 'from a')).toEqual([[7, 2]]);
});

test('the target, and the folder of profiles, are chosen by option', async () => {
  const project = testProject({ 'models/a.sql': "select '{{ target.name }}' as target" });
  await sluice(project, 'build', { target: 'other' });
  expect(project.has('shop.duckdb')).toBe(false);
  expect(await query(project, 'from elsewhere.a', 'other.duckdb')).toEqual([['other']]);
  project.write({
    'elsewhere/profiles.yml': 'shop:\n  outputs:\n    default: {type: duckdb, path: third.duckdb}\n',
  });
  await sluice(project, 'build', { profilesDir: project.path('elsewhere') });
  expect(await query(project, 'from a', 'third.duckdb')).toEqual([['default']]);
});

test('a project is found by option and from any folder inside of it', async () => {
  const project = testProject({ 'models/a.sql': 'select 1 as id', 'models/deep/b.sql': 'select 2 as id' });
  const outside = testProject({ 'dbt_project.yml': null });
  const given = await sluice(outside, 'list', {
    projectDir: project.directory,
    profilesDir: project.directory,
  });
  expect(given.outcome?.lines).toEqual(['shop.a', 'shop.deep.b']);
  const inside = { ...project, directory: project.path('models/deep') };
  expect((await sluice(inside, 'list', { profilesDir: project.directory })).outcome?.lines).toHaveLength(2);
});

test('artifacts go to the target path, and none are written where that is asked for', async () => {
  const project = testProject({ 'models/a.sql': 'select 1 as id' });
  await sluice(project, 'build', { targetPath: 'made/here' });
  await readRunResults(project.path('made/here/run_results.json'));
  await readManifest(project.path('made/here/manifest.json'));
  expect(project.has('target')).toBe(false);
});

test('fail-fast starts nothing after the first failure', async () => {
  const project = testProject({
    'models/a.sql': 'select nothing',
    'models/b.sql': 'select 1 as id',
    'models/c.sql': 'select 1 as id',
  });
  const { statuses, messages } = await sluice(project, 'run', { failFast: true, threads: 1 });
  expect(statuses).toEqual({ a: 'error', b: 'skipped', c: 'skipped' });
  expect(messages['b']).toBe('Skipping due to fail_fast or cancellation');
  expect(await relations(project)).toEqual([]);
});

test('one thread works one node at a time', async () => {
  const models = Object.fromEntries([1, 2, 3, 4].map((n) => [`models/m${n}.sql`, `select ${n} as id`]));
  const { events } = await sluice(testProject(models), 'run', { threads: 1 });
  const moves = events.filter(({ name }) => name === 'node-started' || name === 'node-finished');
  expect(moves.map(({ name }) => name)).toEqual(
    [1, 2, 3, 4].flatMap(() => ['node-started', 'node-finished']),
  );
  expect(events.find(({ name }) => name === 'run-started')).toMatchObject({ threads: 1, total: 4 });
});

test('a failed node is exit code 1, and what could not run is 2', async () => {
  const project = testProject({ 'models/a.sql': 'select 1 as id' });
  expect((await cli(project, ['build'])).code).toBe(0);
  project.write({ 'models/a.sql': 'select nothing' });
  expect((await cli(project, ['build'])).code).toBe(1);
  project.write({ 'models/a.sql': '{{ config( }}' });
  expect((await cli(project, ['build'])).code).toBe(2);
});

test('--quiet prints errors only, --log-format json one object a line', async () => {
  const project = testProject({ 'models/a.sql': 'select 1 as id' });
  expect((await cli(project, ['build', '--quiet'])).out).toBe('');
  const { out } = await cli(project, ['build', '--log-format', 'json']);
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ info }) => info.name)).toEqual(
    expect.arrayContaining(['MainReportVersion', 'LogStartLine', 'LogModelResult', 'EndOfRunSummary']),
  );
  project.write({ 'models/a.sql': 'select nothing' });
  const failed = await cli(project, ['build', '--quiet']);
  expect(failed.out).toContain('error[warehouse-syntax]');
  expect(failed.out).not.toContain('Finished running');
});

test('an error about a setting points at the place where the node itself sets it', async () => {
  const project = testProject({
    'models/key.sql': `{{ config(
  materialized='incremental',
  unique_key='idd'
) }}
select 1 as id`,
    'models/elsewhere.sql': 'select 1 as id',
    'models/elsewhere.yml':
      'models: [{name: elsewhere, config: {materialized: incremental, unique_key: idd}}]',
    'snapshots/s.sql': `{% snapshot s %}
{{ config(unique_key='id', strategy='check', check_cols=['w']) }}
select 1 as id
{% endsnapshot %}`,
  });
  const settings = async (command: 'run' | 'snapshot') => {
    const { diagnostics } = await sluice(project, command);
    return diagnostics.map(({ code, span }) => {
      const { line } = span === null ? { line: 0 } : positionAt(span.text, span.start);
      return [code, span === null ? null : `${span.file}:${line} ${span.text.slice(span.start, span.end)}`];
    });
  };
  await sluice(project, 'run');
  expect((await settings('run')).sort()).toEqual([
    ['unique-key-column-missing', null],
    ['unique-key-column-missing', "models/key.sql:3 'idd'"],
  ]);
  expect(await settings('snapshot')).toEqual([['snapshot-column-missing', "snapshots/s.sql:2 ['w']"]]);
});

test('an exposure is no work, and the results say so', async () => {
  const project = testProject({
    'models/a.sql': 'select 1 as id',
    'models/board.yml': `exposures:
  - {name: board, type: dashboard, owner: {email: a@b.c}, depends_on: [ref('a')]}`,
  });
  await sluice(project, 'build');
  const { results } = JSON.parse(project.read('target/run_results.json'));
  expect(
    results.find(({ unique_id: id }: { unique_id: string }) => id === 'exposure.shop.board'),
  ).toMatchObject({ status: 'no-op', message: 'NO-OP', failures: 0, adapter_response: {} });
});

test("a project's own materialization is never passed over, whatever its name", async () => {
  const block = (head: string) => `{% materialization ${head} %}
    {% call statement('main') %} create table {{ this }} as select 'by program' as v {% endcall %}
    {% do adapter.commit() %}
    {{ return({'relations': [this]}) }}
  {% endmaterialization %}`;
  const project = testProject({
    'models/a.sql': 'select 1 as id',
    'models/b.sql': "{{ config(materialized='table') }} select 1 as id",
    'macros/m.sql': `${block('view, default')}\n${block('table, default')}`,
  });
  const { statuses } = await sluice(project, 'run');
  expect(statuses).toEqual({ a: 'success', b: 'success' });
  expect(await query(project, 'from a')).toEqual([['by program']]);
  // Of tables, DuckDB's own comes before the project's general one.
  expect(await query(project, 'from b')).toEqual([[1]]);
});

describe('hooks of installed packages', () => {
  const files = {
    'models/a.sql': 'select 1 as id',
    'packages.yml': 'packages: [{local: tools}]\n',
    'dbt_packages/tools/dbt_project.yml': 'name: tools\non-run-start: create table made (id int)\n',
  };

  test('run as in dbt, and are named in a warning', async () => {
    const project = testProject(files);
    const { outcome, warnings } = await sluice(project, 'run');
    expect(warnings).toMatchObject([{ code: 'package-hooks', message: expect.stringContaining(': tools') }]);
    expect(outcome?.results.map(({ message }) => message)[0]).toBe('tools.on-run-start.0 passed');
    expect(await query(project, 'select count(*) from made')).toEqual([['0']]);
  });

  test('are refused under --strict before anything is done, and not under --warn-error', async () => {
    const project = testProject(files);
    const { diagnostics } = await sluice(project, 'run', { strict: true });
    expect(diagnostics).toMatchObject([{ code: 'package-hooks', severity: 'error' }]);
    expect(await query(project, 'select table_name from information_schema.tables')).toEqual([]);
    expect((await sluice(project, 'run', { warnError: true })).outcome?.success).toBe(true);
  });

  test('say nothing where none of them runs', async () => {
    expect((await sluice(testProject(files), 'compile')).warnings).toEqual([]);
  });
});
