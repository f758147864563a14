import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/index.ts';
import { runProgram, sluice, start, startProgram } from '../rig.ts';
import { batchKey } from './batch-key.ts';
import { succeeds } from './succeeds.ts';
import { warehouses } from './warehouses.ts';

const days = 10;
const tenth = new Date('2024-01-10T12:00:00Z');
const numbers = Array.from({ length: days }, (_, index) => index + 1);
const day = (number: number): string => `2024-01-${String(number).padStart(2, '0')}`;

/** One event a day, worth what the expression says. */
const events = (worth = '1'): string =>
  `{{ config(materialized='table', event_time='ts') }}
select cast(day || ' 10:00:00' as timestamp) as ts, id, ${worth} as worth
from (values ${numbers.map((number) => `('${day(number)}', ${number})`).join(', ')}) as t(day, id)`;

const batched = (config = '', sql = "select * from {{ ref('events') }}"): string =>
  `{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='ts', begin='2024-01-01',
     batch_size='day', ${batchKey("'id'")}${config === '' ? '' : `, ${config}`}) }} ${sql}`;

/** Only the first batch comes to an end. */
const endlessButFirst = (endless: string): string =>
  `select ts, id, {% if model.batch and model.batch.id == '20240101' %} 2 {% else %} ${endless} {% endif %} as worth
   from {{ ref('events') }}`;

/** A project's own way to add a batch, which dbt then runs batch by batch. */
const ownStrategy = (sql: string) => ({
  'dbt_project.yml':
    'name: shop\nprofile: shop\nflags: {require_batched_execution_for_custom_microbatch_strategy: true}\n',
  'macros/own.sql': `{% macro get_incremental_microbatch_sql(arg_dict) %}${sql}{% endmacro %}`,
});

/** What batches were under way after each of a run's events. */
function underWay(list: readonly Event[]): readonly (readonly string[])[] {
  const now = new Set<string>();
  return list.flatMap((event) => {
    if (event.name !== 'batch-started' && event.name !== 'batch-finished') return [];
    const name = `${event.node.name} ${event.batch}`;
    if (event.name === 'batch-started') now.add(name);
    else now.delete(name);
    return [[...now]];
  });
}

const mostAtOnce = (list: readonly Event[]): number =>
  Math.max(...underWay(list).map((names) => names.length));

describe.each(warehouses)('$name', ({ facts, project, endless }) => {
  const many = facts.concurrentBatches;

  test('the first batch and the last are built alone, those between at the same time where the warehouse can', async () => {
    const shop = project({ 'models/events.sql': events(), 'models/a.sql': batched() });
    const { outcome, events: told } = await succeeds(shop, 'run', { now: tenth, threads: 4 });
    const groups = underWay(told);
    for (const alone of [1, days]) {
      expect(groups.filter((names) => names.includes(`a ${day(alone)}`))).toEqual([[`a ${day(alone)}`]]);
    }
    expect(mostAtOnce(told)).toBe(many ? 4 : 1);
    expect(await shop.rows('select id from a order by id')).toEqual(numbers.map((id) => [id]));
    const { batches } = outcome!.results.find(({ node }) => node.name === 'a')!;
    expect(batches!.successful.map(({ start: at }) => new Date(at).toISOString().slice(0, 10))).toEqual(
      numbers.map(day),
    );
    expect(await shop.relations()).toEqual(['a table', 'events table']);
  });

  test.each([
    ['a model that looks at itself', '', "select * from {{ ref('events') }} -- {{ this }}", 4, 1],
    ['one that looks at itself and allows it', 'concurrent_batches=true', undefined, 4, 4],
    ['one that does not allow it', 'concurrent_batches=false', undefined, 4, 1],
    ['one thread', 'concurrent_batches=true', undefined, 1, 1],
    ['two threads', '', undefined, 2, 2],
  ])('%s: so many at once', async (_, config, sql, threads, most) => {
    const shop = project({ 'models/events.sql': events(), 'models/a.sql': batched(config, sql) });
    const { events: told } = await succeeds(shop, 'run', { now: tenth, threads });
    expect(mostAtOnce(told)).toBe(many ? most : 1);
    expect(await shop.rows('select count(*) from a')).toEqual([[days]]);
  });

  test('batches of several models never take more threads than there are', async () => {
    const names = ['a', 'b', 'c'];
    const shop = project({
      'models/events.sql': events(),
      ...Object.fromEntries(names.map((name) => [`models/${name}.sql`, batched()])),
    });
    const { events: told } = await succeeds(shop, 'run', { now: tenth, threads: 3 });
    expect(mostAtOnce(told)).toBe(3);
    for (const name of names) expect(await shop.rows(`select count(*) from ${name}`)).toEqual([[days]]);
  });

  test('batches that get into each other’s way are built again, each once', async () => {
    const shop = project({
      ...ownStrategy(`
        update {{ arg_dict['target_relation'] }} set worth = worth + 1 where id = 1;
        insert into {{ arg_dict['target_relation'] }} select * from {{ arg_dict['temp_relation'] }}`),
      'models/events.sql': events(),
      'models/a.sql': batched(),
    });
    const { events: told } = await succeeds(shop, 'run', { now: tenth, threads: 4 });
    expect(await shop.rows('select id, worth from a order by id')).toEqual(
      numbers.map((id) => [id, id === 1 ? days : 1]),
    );
    const ends = told.filter((event) => event.name === 'batch-finished').map(({ batch }) => batch);
    expect(ends.sort()).toEqual(numbers.map(day));
  });

  test('descriptions are written with the first batch, and do not keep others from being built at the same time', async () => {
    const shop = project({
      'models/events.sql': events(),
      'models/a.sql': batched('persist_docs={"relation": true, "columns": true}'),
      'models/a.yml': 'models: [{name: a, description: Days, columns: [{name: id, description: Key}]}]',
    });
    const { events: told } = await succeeds(shop, 'run', { now: tenth, threads: 4 });
    expect(mostAtOnce(told)).toBe(many ? 4 : 1);
    expect(await shop.rows('select count(*), count(distinct id) from a')).toEqual([[days, days]]);
    await sluice(shop, 'docsGenerate');
    const { nodes } = shop.json<{ nodes: Record<string, object> }>('target/catalog.json');
    expect(nodes['model.shop.a']).toMatchObject({
      metadata: { comment: 'Days' },
      columns: { id: { comment: 'Key' } },
    });
  });

  test('a batch between that fails leaves the others, told in order of time', async () => {
    const shop = project({
      'models/events.sql': events(),
      'models/a.sql': batched(
        '',
        "select ts, id, case when id in (3, 7) then cast('much' || id as integer) else 1 end as worth from {{ ref('events') }}",
      ),
    });
    const ran = await sluice(shop, 'run', { now: tenth, threads: 4 });
    expect(ran.messages['a']).toBe(`PARTIAL SUCCESS (${days - 2}/${days})`);
    const { batches } = ran.outcome!.results.find(({ node }) => node.name === 'a')!;
    expect(batches!.failed.map(({ start: at }) => new Date(at).getUTCDate())).toEqual([3, 7]);
    expect(batches!.successful.map(({ start: at }) => new Date(at).getUTCDate())).toEqual(
      numbers.filter((id) => id !== 3 && id !== 7),
    );
    expect(await shop.rows('select count(*) from a')).toEqual([[days - 2]]);
    const artifact = shop.json<{ results: { unique_id: string; batch_results: object }[] }>(
      'target/run_results.json',
    );
    const stored = artifact.results.find(({ unique_id: id }) => id === 'model.shop.a')!;
    expect(stored.batch_results).toMatchObject({
      failed: [
        [`${day(3)}T00:00:00+00:00`, `${day(4)}T00:00:00+00:00`],
        [`${day(7)}T00:00:00+00:00`, `${day(8)}T00:00:00+00:00`],
      ],
    });
  });

  test('a failed node ends the batches of another where the run fails fast, and what was built stays', async () => {
    const shop = project({
      'models/events.sql': events(),
      'models/a.sql': batched(),
    });
    await succeeds(shop, 'run', { now: tenth });
    shop.write({
      'models/a.sql': batched('', endlessButFirst(endless)),
      'models/b.sql': "{{ config(materialized='table') }} select nothing from {{ ref('a_gate') }}",
      'models/a_gate.sql': 'select 1 as id',
    });
    const ran = await sluice(shop, 'run', {
      now: tenth,
      threads: 4,
      failFast: true,
      fullRefresh: true,
      exclude: ['events'],
    });
    expect(ran.statuses['b']).toBe('error');
    expect(ran.statuses['a']).toBe('skipped');
    const rows = await shop.rows('select worth, count(*) from a group by worth order by worth');
    expect([[[1, days]], [[2, 1]]]).toContainEqual(rows);
  });

  test('an interrupt ends the batches that are under way, and those that are there stay whole', async () => {
    const shop = project({
      'models/events.sql': events(),
      'models/a.sql': batched('', endlessButFirst(endless)),
    });
    const invocation = start(shop, 'run', { now: tenth, threads: 3 });
    const seen = new Set<string>();
    for await (const event of invocation.events()) {
      if (event.name === 'batch-started') seen.add(event.batch);
      if (seen.size === (many ? 4 : 2)) invocation.cancel();
    }
    await invocation.then(
      () => {},
      () => {},
    );
    expect(await shop.rows('select id, worth from a')).toEqual([[1, 2]]);
    expect(await shop.relations()).toEqual(['a table', 'events table']);
    shop.write({ 'models/a.sql': batched('lookback=20') });
    await succeeds(shop, 'run', { now: tenth });
    expect(await shop.rows('select count(*), min(worth) from a')).toEqual([[days, 1]]);
  });

  test('a program killed among batches leaves each of them whole or not there, and the next run repairs alone', async () => {
    const pairs = `select ts, id, worth from {{ ref('events') }}
      union all select ts, id + 100, worth from {{ ref('events') }}`;
    const shop = project({ 'models/events.sql': events(), 'models/a.sql': batched('lookback=20', pairs) });
    const run = ['run', '--threads', '4', '--debug', '--no-use-colors'];
    const running = startProgram(shop, run, { SLUICE_NOW: tenth.toISOString() });
    await running.saw(/(insert|merge) into [^;]*"a"/);
    running.child.kill('SIGKILL');
    await running.ended;
    const halves = 'select id % 100 from a group by id % 100 having count(*) <> 2';
    expect(await shop.rows(halves)).toEqual([]);
    expect(await runProgram(shop, run, { SLUICE_NOW: tenth.toISOString() })).toMatchObject({ code: 0 });
    expect(await shop.rows('select count(*), count(distinct id) from a')).toEqual([[2 * days, 2 * days]]);
    expect(await shop.relations()).toEqual(['a table', 'events table']);
  });

  test('a project that asks for what the warehouse cannot do is told once', async () => {
    const shop = project({
      'models/events.sql': events(),
      'models/a.sql': batched('concurrent_batches=true'),
      'models/b.sql': batched('concurrent_batches=true'),
    });
    const { warnings } = await succeeds(shop, 'run', { now: tenth });
    expect(warnings.map(({ code, event }) => [code, event])).toEqual(
      many ? [] : [['batches-in-turn', 'InvalidConcurrentBatchesConfig']],
    );
  });
});
