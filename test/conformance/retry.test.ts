import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sluice } from '../rig.ts';
import { batchKey } from './batch-key.ts';
import { succeeds } from './succeeds.ts';
import { warehouses } from './warehouses.ts';

const files = {
  'models/good.sql':
    "{{ config(materialized='table') }} select {{ var('n') }} as n, '{{ run_started_at }}' as seen",
  'models/bad.sql':
    "{{ config(materialized='table') }} select n, seen from {{ ref('good') }} {{ var('broken', '') }}",
  'models/child.sql': "select n, seen, {{ flags.FULL_REFRESH }} as f from {{ ref('bad') }}",
};

const daily = `{{ config(materialized='incremental', incremental_strategy='microbatch', ${batchKey("'day'")}, event_time='day', begin='2024-01-01',
  batch_size='day', lookback=0) }}
select cast('{{ model.batch.event_time_start.strftime("%Y-%m-%d") }}' as timestamp) as day
{% if model.batch.event_time_start.day in var('broken', []) %}, boom{% endif %}`;

const now = new Date('2024-01-05T10:00:00Z');

describe.each(warehouses)('$name', ({ project }) => {
  test('what failed and what was skipped is done with the variables, flags and time of the run', async () => {
    const shop = project(files);
    const vars = { n: 7, broken: 'where nothing' };
    const first = await sluice(shop, 'run', { vars, fullRefresh: true, now });
    expect(first.statuses).toEqual({ good: 'success', bad: 'error', child: 'skipped' });
    const again = await sluice(shop, 'retry', { vars: { n: 7 } });
    expect(again.statuses).toEqual({ bad: 'success', child: 'success' });
    expect(await shop.rows('select n, seen, f from child')).toEqual([[7, '2024-01-05 10:00:00+00:00', true]]);
    expect(shop.json<{ args: Record<string, unknown> }>('target/run_results.json').args).toMatchObject({
      which: 'run',
      full_refresh: true,
      vars: { n: 7 },
    });
    const nothing = await sluice(shop, 'retry');
    expect(nothing.outcome).toEqual({ success: true, interrupted: false, results: [] });
  });

  test('secret variables stand in no file, and a retry needs them again', async () => {
    const shop = project({
      'models/good.sql': "select '{{ var('DBT_ENV_SECRET_pin') }}' as pin",
      'models/bad.sql': "select {{ 'boom' if var('broken', '') else 1 }} as a from {{ ref('good') }}",
    });
    const vars = { DBT_ENV_SECRET_pin: 'k9', broken: 'k9k9', n: 1 };
    const args = { invocation_command: "sluice run --vars '{DBT_ENV_SECRET_pin: k9}'" };
    await sluice(shop, 'run', { vars, args: { ...args, vars } });
    const kept = shop.json<{ args: object }>('target/run_results.json').args;
    expect(kept).toMatchObject({
      vars: { DBT_ENV_SECRET_pin: '*****', broken: '**********', n: 1 },
      invocation_command: "sluice run --vars '{DBT_ENV_SECRET_pin: *****}'",
    });
    const journals = readdirSync(shop.path('target/runs'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
    expect(journals.map((text) => text.includes('k9'))).toEqual(journals.map(() => false));
    expect(journals.length).toBeGreaterThan(0);
    expect((await sluice(shop, 'retry')).diagnostics.map(({ message }) => message)).toEqual([
      "the last run had secret variables, which no file keeps: 'DBT_ENV_SECRET_pin'",
    ]);
    const again = await sluice(shop, 'retry', { vars: { DBT_ENV_SECRET_pin: 'k9' } });
    expect(again.statuses).toEqual({ bad: 'success' });
  });

  test('a retry that fails can be retried, until nothing is left', async () => {
    const shop = project(files);
    await sluice(shop, 'run', { vars: { n: 1, broken: 'where nothing' } });
    expect((await sluice(shop, 'retry')).statuses).toEqual({ bad: 'error', child: 'skipped' });
    shop.write({
      'models/bad.sql': "{{ config(materialized='table') }} select 2 as n, seen from {{ ref('good') }}",
    });
    expect((await sluice(shop, 'retry')).statuses).toEqual({ bad: 'success', child: 'success' });
    expect(await shop.rows('select n from child')).toEqual([[2]]);
  });

  test('threads that the retry is given are those that its results tell', async () => {
    const shop = project(files);
    await sluice(shop, 'run', { vars: { n: 1, broken: 'where nothing' }, threads: 3 });
    await sluice(shop, 'retry', { vars: { n: 1, broken: 'where nothing' }, threads: 2 });
    const args = () => shop.json<{ args: Record<string, unknown> }>('target/run_results.json').args;
    expect(args()).toMatchObject({ which: 'run', threads: 2 });
    await sluice(shop, 'retry', { vars: { n: 1 } });
    expect(args()).toMatchObject({ which: 'run', threads: 2 });
  });

  test('of a model in batches only those are done that are not, however often it takes', async () => {
    const shop = project({ 'models/daily.sql': daily });
    const broken = (...days: number[]) => ({ vars: { broken: days } });
    const first = await sluice(shop, 'run', { ...broken(2, 4), now });
    expect(first.statuses).toEqual({ daily: 'partial success' });
    await shop.rows("insert into daily values (cast('2024-01-03' as timestamp))");
    const second = await sluice(shop, 'retry', broken(2));
    expect(second.statuses).toEqual({ daily: 'error' });
    const third = await sluice(shop, 'retry', broken(4));
    expect(third.statuses).toEqual({ daily: 'partial success' });
    await succeeds(shop, 'retry', broken());
    const days = await shop.rows('select extract(day from day) from daily order by 1');
    // What was done before is left as it is: the row that was added stays.
    expect(days.map(([day]) => Number(day))).toEqual([1, 2, 3, 3, 4, 5]);
  });

  test.each([
    ['the flag', daily, { fullRefresh: true }],
    ['its configuration', daily.replace('lookback=0', 'lookback=0, full_refresh=true'), {}],
  ])('batches that were done before a full refresh by %s broke off are kept', async (_, sql, options) => {
    const shop = project({ 'models/daily.sql': sql });
    await succeeds(shop, 'run', { now, vars: { broken: [] } });
    const first = await sluice(shop, 'run', { ...options, vars: { broken: [2, 4] }, now });
    expect(first.statuses).toEqual({ daily: 'partial success' });
    await succeeds(shop, 'retry', { vars: { broken: [] } });
    const days = await shop.rows('select extract(day from day) from daily order by 1');
    expect(days.map(([day]) => Number(day))).toEqual([1, 2, 3, 4, 5]);
  });

  test('batches that are done are done again where their table is gone', async () => {
    const shop = project({ 'models/daily.sql': daily });
    await sluice(shop, 'run', { vars: { broken: [3] }, now });
    await shop.rows('drop table daily');
    await succeeds(shop, 'retry', { vars: { broken: [] } });
    expect(await shop.rows('select count(*) from daily')).toEqual([[5]]);
  });

  test('a test that failed, and what it held up, is done again; with --warn-error one that warned, too', async () => {
    const shop = project({
      'models/a.sql': 'select {{ var("id") }} as id',
      'models/b.sql': "select * from {{ ref('a') }}",
      'models/s.yml':
        'models: [{name: a, columns: [{name: id, data_tests: [{accepted_values: {arguments: {values: [2], quote: false}}}, {not_null: {config: {severity: warn, error_if: "<0", warn_if: ">=0"}}}]}]}]',
    });
    await sluice(shop, 'build', { vars: { id: 1 } });
    const { statuses } = await sluice(shop, 'retry', { vars: { id: 1 } });
    expect(Object.values(statuses).sort()).toEqual(['fail', 'skipped']);
    shop.write({ 'models/a.sql': 'select 2 as id' });
    await sluice(shop, 'run', { select: ['a'], vars: { id: 2 } });
    await sluice(shop, 'build', { vars: { id: 2 } });
    expect((await sluice(shop, 'retry')).statuses).toEqual({});
    expect(Object.values((await sluice(shop, 'retry', { warnError: true })).statuses)).toEqual(['fail']);
  });

  test("what dbt left is read from its results, where dbt's run was the last", async () => {
    const shop = project(files);
    await succeeds(shop, 'run', { vars: { n: 1 } });
    const results = shop.json<{ metadata: object; results: { unique_id: string }[]; args: object }>(
      'target/run_results.json',
    );
    const of = (id: string, status: string) => ({
      ...results.results.find(({ unique_id: known }) => known === id),
      status,
    });
    shop.write({
      'target/run_results.json': JSON.stringify({
        ...results,
        metadata: {
          ...results.metadata,
          invocation_id: 'another',
          generated_at: new Date(Date.now() + 1000).toISOString(),
          invocation_started_at: '2024-02-01T00:00:00Z',
        },
        results: [
          of('model.shop.good', 'success'),
          of('model.shop.bad', 'error'),
          of('model.shop.child', 'skipped'),
        ],
        args: { which: 'run', vars: { n: 3 } },
      }),
    });
    expect((await sluice(shop, 'retry')).statuses).toEqual({ bad: 'success', child: 'success' });
  });

  test('without a former run, or with one that cannot be done again, nothing is built', async () => {
    const shop = project(files);
    expect((await sluice(shop, 'retry')).diagnostics).toMatchObject([{ code: 'run-missing' }]);
    expect((await sluice(shop, 'retry', { state: 'nowhere' })).diagnostics).toMatchObject([
      { code: 'run-missing', message: expect.stringContaining('nowhere') },
    ]);
    await sluice(shop, 'run', { vars: { n: 1, broken: 'where nothing' } });
    shop.write({ 'models/bad.sql': null, 'models/child.sql': null });
    const { warnings, statuses } = await sluice(shop, 'retry');
    expect(warnings).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ code: 'left-over-gone' })]),
    );
    expect(statuses).toEqual({});
    rmSync(shop.path('target/runs'), { recursive: true });
    shop.write({
      'target/run_results.json': '{"results": [], "args": {"which": "freshness"}, "metadata": {}}',
    });
    expect((await sluice(shop, 'retry')).diagnostics).toMatchObject([{ code: 'not-retryable' }]);
    expect(existsSync(shop.path('target/runs'))).toBe(false);
  });
});
