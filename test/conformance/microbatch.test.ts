import { describe, expect, test } from 'vitest';
import { sluice } from '../rig.ts';
import { batchKey } from './batch-key.ts';
import { programs } from './programs.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';
import { warehouses } from './warehouses.ts';

const third = new Date('2024-01-03T12:00:00Z');

const batched = (sql: string, config = ''): string =>
  `{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='ts', begin='2024-01-01',
     batch_size='day', ${batchKey("'id'")}${config}) }} ${sql}`;

/** One event a day, of the first three days of 2024, worth what `worth` says. */
const events = (worth: string): string =>
  `{{ config(materialized='table', event_time='ts') }}
select cast(day || ' 10:00:00' as timestamp) as ts, id, ${worth} as worth
from (values ('2024-01-01', 1), ('2024-01-02', 2), ('2024-01-03', 3)) as t(day, id)`;

const worths = async (shop: WarehouseProject, name: string) =>
  (await shop.rows(`select id, worth from ${name} order by id`)).map((row) => row.join(':'));

describe.each(warehouses)('$name', ({ facts, project }) => {
  test('a first run builds all batches, a later one the newest and those looked back upon', async () => {
    const shop = project({
      'models/events.sql': events('1'),
      'models/a.sql': batched("select * from {{ ref('events') }}"),
    });
    await succeeds(shop, 'run', { now: third });
    expect(await worths(shop, 'a')).toEqual(['1:1', '2:1', '3:1']);
    shop.write({ 'models/events.sql': events('2') });
    const { outcome } = await succeeds(shop, 'run', { now: third });
    expect(await worths(shop, 'a')).toEqual(['1:1', '2:2', '3:2']);
    const { batches, message } = outcome!.results.find(({ node }) => node.name === 'a')!;
    const bounds = (start: string, end: string) => ({ start: Date.parse(start), end: Date.parse(end) });
    expect(batches).toEqual({
      successful: [bounds('2024-01-02', '2024-01-03'), bounds('2024-01-03', '2024-01-04')],
      failed: [],
    });
    expect(message).toBe('SUCCESS');
    expect(await shop.relations()).toEqual(['a table', 'events table']);
  });

  test('what happens at the very moment between two batches is of the later one, and there once', async () => {
    const moments = ['00:00:00', '23:59:59.999999'].flatMap((time) =>
      [1, 2, 3].map((day) => `2024-01-0${day} ${time}`),
    );
    const shop = project({
      'models/events.sql': `{{ config(materialized='table', event_time='ts') }}
        select cast(moment as timestamp) as ts, id from (values ${moments.map((moment, id) => `('${moment}', ${id})`).join(', ')}) as t(moment, id)`,
      'models/a.sql': batched(
        `select ts, id, {{ model.batch.id if model.batch else 0 }} as worth from {{ ref('events') }}`,
        ', lookback=2',
      ),
    });
    const each = moments.map((moment, id) => `${id}:${moment.slice(0, 10).replaceAll('-', '')}`);
    for (let run = 0; run < 2; run += 1) {
      await succeeds(shop, 'run', { now: third });
      expect(await worths(shop, 'a')).toEqual(each);
    }
  });

  test('the times that are asked for are built, and a full refresh begins anew', async () => {
    const shop = project({
      'models/events.sql': events('1'),
      'models/a.sql': batched("select * from {{ ref('events') }}"),
    });
    await succeeds(shop, 'run', { now: third });
    shop.write({ 'models/events.sql': events('2') });
    await succeeds(shop, 'run', { now: third, eventTimeStart: '2024-01-01', eventTimeEnd: '2024-01-02' });
    expect(await worths(shop, 'a')).toEqual(['1:2', '2:1', '3:1']);
    await succeeds(shop, 'run', { now: third, fullRefresh: true });
    expect(await worths(shop, 'a')).toEqual(['1:2', '2:2', '3:2']);
  });

  test('everything that says when it happened is read for the time of the batch, through ephemeral models too', async () => {
    const seen = (name: string) =>
      `select {{ model.batch.id }} as id, cast('{{ model.batch.event_time_start }}' as timestamp) as ts, count(*) as worth from ${name}`;
    const shop = project({
      'models/events.sql': events('1'),
      'models/timeless.sql': "{{ config(materialized='view') }} select * from {{ ref('events') }}",
      'models/between.sql': "{{ config(materialized='ephemeral') }} select * from {{ ref('events') }}",
      'models/filtered.sql': batched(seen("{{ ref('events') }}")),
      'models/through.sql': batched(seen("{{ ref('between') }}")),
      'models/whole.sql': batched(seen("{{ ref('events').render() }}")),
      'models/untimed.sql': batched(seen("{{ ref('timeless') }}")),
    });
    await succeeds(shop, 'run', { now: third });
    const each = (count: number) => [1, 2, 3].map((day) => `2024010${day}:${count}`);
    expect(await worths(shop, 'filtered')).toEqual(each(1));
    expect(await worths(shop, 'through')).toEqual(each(1));
    expect(await worths(shop, 'whole')).toEqual(each(3));
    expect(await worths(shop, 'untimed')).toEqual(each(3));
  });

  test('a batch that fails leaves the others, and running again fills the gap', async () => {
    const failsOn = (id: string) =>
      batched(
        `select ts, id, case when id = ${id} then cast('much' || id as integer) else worth end as worth from {{ ref('events') }}`,
        ', lookback=2',
      );
    const shop = project({ 'models/events.sql': events('1'), 'models/a.sql': failsOn('2') });
    const first = await sluice(shop, 'run', { now: third });
    expect(first.statuses).toEqual({ events: 'success', a: 'partial success' });
    expect(first.messages['a']).toBe('PARTIAL SUCCESS (2/3)');
    expect(first.diagnostics).toMatchObject([{ code: 'warehouse-data' }]);
    expect(await worths(shop, 'a')).toEqual(['1:1', '3:1']);
    shop.write({ 'models/a.sql': failsOn('9') });
    await succeeds(shop, 'run', { now: third });
    expect(await worths(shop, 'a')).toEqual(['1:1', '2:1', '3:1']);
    expect(await shop.relations()).toEqual(['a table', 'events table']);
  });

  test('where the first batch fails nothing is changed, and the others are skipped', async () => {
    const shop = project({
      'models/events.sql': events('1'),
      'models/a.sql': batched("select * from {{ ref('events') }}"),
    });
    await succeeds(shop, 'run', { now: third });
    shop.write({ 'models/a.sql': batched("select nothing from {{ ref('events') }}") });
    const ran = await sluice(shop, 'run', { now: third, fullRefresh: true });
    expect(ran.statuses['a']).toBe('error');
    expect(ran.events.flatMap((event) => (event.name === 'batch-finished' ? [event.status] : []))).toEqual([
      'error',
      'skipped',
      'skipped',
    ]);
    expect(await worths(shop, 'a')).toEqual(['1:1', '2:1', '3:1']);
  });

  test('hooks run once, before the first batch and after the last', async () => {
    const shop = project({
      'models/events.sql': events('1'),
      'models/a.sql': batched(
        "select * from {{ ref('events') }}",
        `, pre_hook="create table {{ target.schema }}.before_it as select 1 as id",
           post_hook="create table {{ target.schema }}.after_it as select 1 as id"`,
      ),
    });
    await succeeds(shop, 'run', { now: third });
    expect(await shop.relations()).toEqual(['a table', 'after_it table', 'before_it table', 'events table']);
  });

  test("a project's own macro for the strategy gets the model as a whole", async () => {
    const shop = project({
      'macros/own.sql': `{% macro get_incremental_microbatch_sql(arg_dict) %}
        insert into {{ arg_dict['target_relation'] }} select ts, id, 7 from {{ arg_dict['temp_relation'] }}
      {% endmacro %}`,
      'models/events.sql': events('1'),
      'models/a.sql': batched("select * from {{ ref('events') }}"),
    });
    await succeeds(shop, 'run', { now: third });
    await succeeds(shop, 'run', { now: third });
    expect(await worths(shop, 'a')).toEqual(['1:1', '1:7', '2:1', '2:7', '3:1', '3:7']);
  });

  test("a project's own incremental materialization is run for each batch, and told which", async () => {
    const own = programs
      .replace('materialization upserted, default', `materialization incremental, adapter='${facts.type}'`)
      .replace("'delete+insert')", "config.get('incremental_strategy'))")
      .replace(
        "{% call statement('main') %}{{ build }}",
        `{% do run_query("insert into " ~ target.schema ~ ".log values ('" ~ model.batch.id ~ ' '
           ~ config.get('__dbt_internal_microbatch_event_time_start').day ~ ' ' ~ model.batch.event_time_end.day ~ ' '
           ~ is_incremental() ~ ' ' ~ should_full_refresh() ~ "')") %}
         {% call statement('main') %}{{ build }}`,
      );
    const shop = project({
      'dbt_project.yml':
        'name: shop\nprofile: shop\non-run-start: ["create table if not exists {{ target.schema }}.log (line varchar(99))"]\n',
      'macros/own.sql': own,
      'models/events.sql': events('1'),
      'models/a.sql': batched(
        "select * from {{ ref('events') }}",
        ", post_hook='delete from {{ this }} where id = 2'",
      ),
    });
    const logged = async () => (await shop.rows('select line from log order by line')).flat();
    const { outcome } = await succeeds(shop, 'run', { now: third });
    expect(await logged()).toEqual([
      '20240101 1 2 False False',
      '20240102 2 3 True False',
      '20240103 3 4 True False',
    ]);
    expect(await worths(shop, 'a')).toEqual(['1:1', '3:1']);
    expect(outcome!.results.find(({ node }) => node.name === 'a')!.batches!.successful).toHaveLength(3);
    expect(shop.read('target/run/shop/models/a/a_2024-01-02.sql')).toMatch(/insert/);
    await shop.rows('delete from log');
    shop.write({ 'models/events.sql': events('2') });
    await succeeds(shop, 'run', { now: third, fullRefresh: true });
    expect(await logged()).toEqual([
      '20240101 1 2 False True',
      '20240102 2 3 True False',
      '20240103 3 4 True False',
    ]);
    expect(await worths(shop, 'a')).toEqual(['1:2', '3:2']);
    expect(await shop.relations()).toEqual(['a table', 'events table', 'log table']);
  });

  test('--empty builds everything of nothing, --sample of what happened within its time', async () => {
    const shop = project({
      'seeds/raw.csv': 'id\n1\n',
      'models/events.sql': events('1'),
      'models/kept.sql': "{{ config(materialized='table') }} select * from {{ ref('events') }}",
      'models/seeded.sql': "{{ config(materialized='table') }} select * from {{ ref('raw') }}",
      'models/batches.sql': batched("select * from {{ ref('events') }}"),
    });
    const count = async (name: string) => (await shop.rows(`select count(*) from ${name}`))[0]![0];
    await succeeds(shop, 'build', { now: third, empty: true });
    expect(await count('events')).toBe(3);
    expect([await count('kept'), await count('seeded'), await count('batches')]).toEqual([0, 0, 0]);
    await succeeds(shop, 'build', { now: third, sample: '1 day', fullRefresh: true });
    // Half of the second day: what happened before noon is not of the sample, though a batch has it.
    expect([await count('kept'), await count('seeded')]).toEqual([1, 1]);
    expect(await worths(shop, 'batches')).toEqual(['3:1']);
    await succeeds(shop, 'build', {
      now: third,
      sample: '{start: 2024-01-01, end: 2024-01-02}',
      fullRefresh: true,
    });
    expect([await count('kept'), await worths(shop, 'batches')]).toEqual([1, ['1:1']]);
  });

  test('ephemeral models give no rows under --empty, and of their rows those of the sample and the batch', async () => {
    const shop = project({
      'models/raw.sql': events('1'),
      'models/events.sql':
        "{{ config(materialized='ephemeral', event_time='ts') }} select * from {{ ref('raw') }}",
      'models/fixed.sql': "{{ config(materialized='ephemeral') }} select 1 as id",
      'models/kept.sql': "{{ config(materialized='table') }} select id from {{ ref('events') }}",
      'models/one.sql': "{{ config(materialized='table') }} select id from {{ ref('fixed') }}",
      'models/batches.sql': batched(
        `select ts, id, {{ model.batch.id if model.batch else 0 }} as worth from {{ ref('events') }}`,
      ),
    });
    const count = async (name: string) => (await shop.rows(`select count(*) from ${name}`))[0]![0];
    await succeeds(shop, 'run', { now: third });
    expect(await worths(shop, 'batches')).toEqual(['1:20240101', '2:20240102', '3:20240103']);
    await succeeds(shop, 'run', { now: third, empty: true });
    expect([await count('kept'), await count('one')]).toEqual([0, 0]);
    await succeeds(shop, 'run', { now: third, sample: '{start: 2024-01-01, end: 2024-01-03}' });
    expect([await count('kept'), await count('one')]).toEqual([2, 1]);
  });

  test('the column of times is quoted where it is said to be, in the condition too', async () => {
    const shop = project({
      'models/events.sql': `{{ config(materialized='table', event_time='When it was') }}
        select ts as "When it was", id from (${events('1').split('}}')[1]}) as e`,
      'models/events.yml':
        'models: [{name: events, columns: [{name: When it was, quote: true}]}]\n' +
        'sources: [{name: raw, schema: "{{ target.schema }}", quoting: {column: true}, tables: [{name: events, config: {event_time: When it was}}]}]\n',
      'models/kept.sql': "{{ config(materialized='table') }} select * from {{ ref('events') }}",
      'models/more.sql':
        "{{ config(materialized='table') }} -- depends_on: {{ ref('kept') }}\n select * from {{ source('raw', 'events') }}",
    });
    const count = async (name: string) => (await shop.rows(`select count(*) from ${name}`))[0]![0];
    await succeeds(shop, 'run', { now: third, sample: '{start: 2024-01-01, end: 2024-01-03}' });
    expect([await count('kept'), await count('more')]).toEqual([2, 2]);
  });

  test.each([
    ["batch_size='week'", "'batch_size' must be one of hour, day, month, year, not 'week'"],
    ["begin='soon'", "needs 'begin', a date or time in ISO format, not 'soon'"],
    ['begin=2024', "needs 'begin', a date or time in ISO format, not 2024"],
    ["lookback='two'", "'lookback' must be a whole number, not 'two'"],
    ["concurrent_batches='yes'", "'concurrent_batches' must be true or false, not 'yes'"],
  ])('a configuration of batches that means nothing is named: %s', async (config, problem) => {
    const shop = project({
      'models/a.sql': `{{ config(materialized='incremental', incremental_strategy='microbatch', ${config}) }} select 1`,
      'dbt_project.yml':
        'name: shop\nprofile: shop\nmodels: {+event_time: ts, +begin: "2024-01-01", +batch_size: day}\n',
    });
    const { diagnostics } = await sluice(shop, 'run');
    expect(diagnostics).toMatchObject([{ code: 'microbatch-config' }]);
    expect(diagnostics[0]!.message).toContain(problem);
  });

  test.each([
    [{ eventTimeStart: '2024-01-01' }, 'event-time-invalid'],
    [{ eventTimeStart: '2024-01-02', eventTimeEnd: '2024-01-01' }, 'event-time-invalid'],
    [{ eventTimeStart: 'yesterday', eventTimeEnd: '2024-01-01' }, 'event-time-invalid'],
    [{ sample: 'much' }, 'sample-invalid'],
    [{ sample: '{start: 2024-01-02, end: 2024-01-01}' }, 'sample-invalid'],
  ])('times that mean nothing are refused before anything is built: %j', async (options, code) => {
    const shop = project({ 'models/events.sql': events('1') });
    const { diagnostics } = await sluice(shop, 'run', options);
    expect(diagnostics.map((one) => one.code)).toEqual([code]);
    expect(await shop.relations()).toEqual([]);
  });
});
