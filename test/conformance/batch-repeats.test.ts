import { DuckDBConnection } from '@duckdb/node-api';
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import type { Event } from '../../src/index.ts';
import { ask } from '../postgres.ts';
import { type Ran, sluice } from '../rig.ts';
import { batchKey } from './batch-key.ts';
import { duckdb } from './duckdb.ts';
import { postgres } from './postgres.ts';
import { lead, type Request, startProxy, type Trouble, troubleAt } from './proxy.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';
import { warehouses } from './warehouses.ts';

const days = 4;
const now = new Date(`2024-01-0${days}T12:00:00Z`);
const numbers = Array.from({ length: days }, (_, index) => index + 1);

/** One row a day; `worth` may look at the day. */
const batched = (worth: string, config = ''): string =>
  `{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='ts', begin='2024-01-01',
     batch_size='day', ${batchKey("'id'")}, lookback=${days - 1}${config}) }}
   {% set day = model.batch.event_time_start.day if model.batch else 0 %}
   select cast('{{ model.batch.event_time_start }}' as timestamp) as ts, {{ day }} as id, ${worth} as worth`;

const rowsOf = (shop: WarehouseProject, name: string) =>
  shop.rows(`select id, worth from ${name} order by id`);

const each = (worth: number): readonly unknown[] => numbers.map((id) => [id, worth]);

/** What was worked again: `a 3`, by model and day. */
const again = ({ events }: Pick<Ran<'run'>, 'events'>): readonly string[] =>
  events.flatMap((event) => {
    if (event.name !== 'message') return [];
    const [, day, name] = /^batch 2024-01-0(\d) of model\.shop\.(\w+) is worked again/.exec(event.text) ?? [];
    return day === undefined ? [] : [`${name} ${day}`];
  });

/** How often each batch was told as begun and as ended. */
const told = (events: readonly Event[], name: string): readonly (readonly [string, number])[] => {
  const counts = new Map<string, number>();
  for (const event of events) {
    if ((event.name !== 'batch-started' && event.name !== 'batch-finished') || event.node.name !== name)
      continue;
    counts.set(event.batch, (counts.get(event.batch) ?? 0) + 1);
  }
  return [...counts];
};

const leftovers = async (shop: WarehouseProject) =>
  (await shop.relations()).filter((name) => name.includes('__'));

describe.each(warehouses)('$name', ({ project, facts }) => {
  /** A model of one batch a day, each worth 1, whose rows of one day somebody else is about to delete. */
  async function held(day: number) {
    const shop = project({ 'models/a.sql': batched('1') });
    if (facts.type === 'postgres') {
      const profiles = JSON.parse(shop.read('profiles.yml'));
      profiles.shop.outputs.dev.lock_timeout = '200ms';
      shop.write({ 'profiles.yml': JSON.stringify(profiles) });
    }
    await succeeds(shop, 'run', { now });
    const holder = await shop.client();
    await holder.rows('begin');
    await holder.rows(`delete from a where id = ${day}`);
    shop.write({ 'models/a.sql': batched('2') });
    return { shop, holder };
  }

  test('an interrupt while a batch waits to be worked again ends the run, and whole batches stand', async () => {
    const { shop, holder } = await held(3);
    const controller = new AbortController();
    const ran = await sluice(shop, 'run', {
      now,
      threads: 1,
      signal: controller.signal,
      onEvent: (event) => {
        if (event.name === 'message' && /worked again/.test(event.text)) controller.abort();
      },
    });
    expect(ran.outcome).toMatchObject({ success: false, interrupted: true });
    expect(again(ran)).toEqual(['a 3']);
    await holder.rows('rollback');
    expect(await rowsOf(shop, 'a')).toEqual(numbers.map((id) => [id, id < 3 ? 2 : 1]));
    await succeeds(shop, 'run', { now });
    expect(await rowsOf(shop, 'a')).toEqual(each(2));
    expect(await leftovers(shop)).toEqual([]);
  });

  test.each([2, days])(
    'a batch whose rows somebody holds is worked again until they are free: of day %i',
    async (day) => {
      const { shop, holder } = await held(day);
      let freed: Promise<unknown> | null = null;
      const ran = await sluice(shop, 'run', {
        now,
        threads: 3,
        onEvent: (event) => {
          if (event.name === 'message' && /worked again/.test(event.text)) freed ??= holder.rows('rollback');
        },
      });
      await freed;
      expect([ran.statuses, ran.messages]).toEqual([{ a: 'success' }, { a: 'SUCCESS' }]);
      expect(new Set(again(ran))).toEqual(new Set([`a ${day}`]));
      expect(told(ran.events, 'a')).toEqual(numbers.map((id) => [`2024-01-0${id}`, 2]));
      expect(await rowsOf(shop, 'a')).toEqual(each(2));
      expect(await leftovers(shop)).toEqual([]);
    },
  );
});

/** Ends its own connection until it has been called so often, whatever is rolled back. */
const tries = 3;
async function flaky(shop: WarehouseProject, names: readonly string[]): Promise<void> {
  const { schema } = shop;
  await shop.rows(`create schema if not exists ${schema}`);
  for (const name of names) await shop.rows(`create sequence ${schema}.tries_${name}`);
  await shop.rows(`create table ${schema}.audit (name text)`);
  await shop.rows(`create function ${schema}.flaky(name text) returns int language plpgsql as $$
    begin
      if nextval(('${schema}.tries_' || name)::regclass) < ${tries} then perform pg_terminate_backend(pg_backend_pid()); end if;
      return 1;
    end $$`);
}

const breaksOn = (day: number, name: string): string =>
  `{% if day == ${day} %} {{ this.schema }}.flaky('${name}') {% else %} 1 {% endif %}`;

describe('PostgreSQL', () => {
  test('batches that lose their connection are worked again, whichever they are, and the others once', async () => {
    const outside = (name: string): string =>
      `{'sql': "insert into {{ this.schema }}.audit values ('${name}')", 'transaction': false}`;
    const shop = postgres.project({
      'models/first.sql': batched(breaksOn(1, 'first')),
      'models/between.sql': batched(breaksOn(3, 'between')),
      'models/last.sql': batched(breaksOn(days, 'last')),
      'models/hooked.sql': batched(
        '1',
        `, pre_hook="insert into {{ this.schema }}.audit select 'before' where {{ this.schema }}.flaky('hooked') = 1",
           post_hook="insert into {{ this.schema }}.audit values ('after')"`,
      ),
      // What was done outside of a transaction is not done again.
      'models/outside.sql': batched(breaksOn(1, 'outside'), `, pre_hook=${outside('outside')}`),
    });
    const worked = ['first', 'between', 'last', 'hooked'];
    await flaky(shop, [...worked, 'outside']);
    const ran = await sluice(shop, 'run', { now, threads: 2 });
    expect(ran.statuses).toEqual({
      ...Object.fromEntries(worked.map((name) => [name, 'success'])),
      outside: 'error',
    });
    expect([...again(ran)].sort()).toEqual([
      ...['between 3', 'between 3'],
      ...['first 1', 'first 1', 'hooked 1', 'hooked 1'],
      ...[`last ${days}`, `last ${days}`],
    ]);
    for (const name of worked) {
      expect([name, await rowsOf(shop, name)]).toEqual([name, each(1)]);
      expect(told(ran.events, name)).toEqual(numbers.map((id) => [`2024-01-0${id}`, 2]));
      const { timings, batches } = ran.outcome!.results.find(({ node }) => node.name === name)!;
      expect(timings.map((timing) => timing.name)).toEqual(['execute']);
      expect(batches!.successful).toHaveLength(days);
    }
    expect(await shop.rows('select name, count(*) from audit group by name order by name')).toEqual([
      ['after', 1],
      ['before', 1],
      ['outside', 1],
    ]);
    expect(await leftovers(shop)).toEqual([]);
  });

  test('a batch that is built by a materialization of the project is not worked again, and those after it are built', async () => {
    const shop = postgres.project({
      'macros/own.sql': `{% materialization incremental, default %}
        {% call statement('main') %}
          {% if is_incremental() %} insert into {{ this }} {{ sql }} {% else %} create table {{ this }} as {{ sql }} {% endif %}
        {% endcall %}
        {% do adapter.commit() %}{{ return({'relations': [this.incorporate(type='table')]}) }}
        {% endmaterialization %}`,
      'models/a.sql': batched(breaksOn(3, 'a')),
    });
    await flaky(shop, ['a']);
    const ran = await sluice(shop, 'run', { now });
    expect(ran.messages).toEqual({ a: `PARTIAL SUCCESS (${days - 1}/${days})` });
    expect(ran.diagnostics.map(({ code }) => code)).toEqual(['warehouse-transient']);
    expect(again(ran)).toEqual([]);
    expect((await rowsOf(shop, 'a')).map(([id]) => id)).toEqual(numbers.filter((id) => id !== 3));
  });

  test.each<Trouble>(['cut', 'lost'])(
    'a commit of a batch whose answer does not come is looked up, and never applied twice: %s',
    async (trouble) => {
      const shop = postgres.project({ 'models/a.sql': batched("{{ var('v') }}") });
      const proxy = await startProxy(inject('postgres'));
      await succeeds(shop, 'run', { now, vars: { v: 1 } });
      lead(shop, proxy);
      const isCommit = ({ sql }: Request): boolean => /^commit\b/.test(sql);
      const repeated: string[] = [];
      for (let at = 1, v = 2, all = false; !all; at += 1, v += 1) {
        const { choose, seen } = troubleAt(trouble, at, isCommit);
        proxy.choose(choose);
        const newest = { eventTimeStart: '2024-01-03', eventTimeEnd: '2024-01-05' };
        const ran = await sluice(shop, 'run', { now, ...newest, vars: { v } });
        proxy.choose(() => null);
        all = seen() < at;
        expect([at, ran.statuses, ran.diagnostics]).toEqual([at, { a: 'success' }, []]);
        expect([at, await rowsOf(shop, 'a')]).toEqual([at, numbers.map((id) => [id, id < 3 ? 1 : v])]);
        repeated.push(...again(ran));
      }
      if (trouble === 'cut') expect(new Set(repeated)).toEqual(new Set(['a 3', 'a 4']));
      expect(await leftovers(shop)).toEqual([]);
    },
  );

  test('a run that takes its turn while another has lost its connection leaves each batch there once', async () => {
    const slow = '(select 1 from pg_sleep(0.1))';
    const shop = postgres.project({ 'models/a.sql': batched(`${breaksOn(3, 'a')} * ${slow}`) });
    await flaky(shop, ['a']);
    const both = await Promise.all([sluice(shop, 'run', { now }), sluice(shop, 'run', { now })]);
    for (const { statuses } of both) expect(statuses).toEqual({ a: 'success' });
    expect(both.flatMap(again)).toEqual(['a 3', 'a 3']);
    expect(await rowsOf(shop, 'a')).toEqual(each(1));
    expect(await leftovers(shop)).toEqual([]);
  });

  test('where no connection is to be had again the batch fails with the reason, the rest is skipped, and a retry does both', async () => {
    const user = `sluice_batches_${process.pid}`;
    await ask(`create role ${user} superuser login password 'first'`);
    onTestFinished(async () => {
      await ask(`drop owned by ${user} cascade`);
      await ask(`drop role ${user}`);
    });
    const shop = postgres.project({ 'models/a.sql': batched('1') });
    const proxy = await startProxy(inject('postgres'));
    lead(shop, proxy, { user, password: 'first', retries: 1 });
    let changed: Promise<unknown> | null = null;
    proxy.choose(({ sql }) => {
      if (changed !== null || !sql.includes('3 as id')) return null;
      changed = ask(`alter role ${user} password 'second'`);
      return 'cut';
    });
    const ran = await sluice(shop, 'run', { now });
    await changed;
    expect(ran.messages).toEqual({ a: `PARTIAL SUCCESS (2/${days})` });
    expect(again(ran)).toEqual(['a 3']);
    expect(ran.diagnostics.map(({ code }) => code)).toEqual(['warehouse-authentication']);
    const ends = ran.events.flatMap((event) => (event.name === 'batch-finished' ? [event.status] : []));
    expect(ends).toEqual(['success', 'success', 'error', 'skipped']);
    lead(shop, proxy, { user, password: 'second' });
    await succeeds(shop, 'retry');
    expect(await rowsOf(shop, 'a')).toEqual(each(1));
  });
});

describe('DuckDB', () => {
  test('of batches at work at once those whose remote files are out of reach for a moment are worked again', async () => {
    const shop = duckdb.project({ 'models/a.sql': batched('1') });
    // As the engine puts it where a server answers 503; its extension for remote files is no part of the engine.
    const away = '{"exception_type":"HTTP","exception_message":"HTTP 503 Service Unavailable"}';
    const met = new Set<string>();
    const { run } = DuckDBConnection.prototype;
    const spy = vi.spyOn(DuckDBConnection.prototype, 'run').mockImplementation(function (
      this: DuckDBConnection,
      sql,
      ...rest
    ) {
      const day = /\b([23]) as id/.exec(sql)?.[1];
      if (day === undefined || met.has(day)) return run.call(this, sql, ...rest);
      met.add(day);
      return Promise.reject(new Error(away));
    });
    onTestFinished(() => spy.mockRestore());
    const ran = await succeeds(shop, 'run', { now, threads: 3 });
    expect([...again(ran)].sort()).toEqual(['a 2', 'a 3']);
    expect(told(ran.events, 'a').map(([, count]) => count)).toEqual(numbers.map(() => 2));
    expect(await rowsOf(shop, 'a')).toEqual(each(1));
    expect(await leftovers(shop)).toEqual([]);
  });
});
