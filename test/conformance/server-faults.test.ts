import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { startServer, type TestServer } from '../postgres-server.ts';
import { type Ran, sluice } from '../rig.ts';
import { projectOn } from './postgres.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ settings: ['deadlock_timeout=100ms', 'max_connections=20'] });
});
afterAll(() => server.stop());

const table = (sql: string, more = ''): string => `{{ config(materialized='table'${more}) }} ${sql}`;
const added = (sql: string): string => `{{ config(materialized='incremental') }} ${sql}`;

/** Does something once, as soon as a run sends a statement with these words. */
const onceSent = (words: string, act: () => unknown) => {
  let acted = false;
  return (event: Event): void => {
    if (acted || event.name !== 'statement-sent' || !event.sql.includes(words)) return;
    acted = true;
    void act();
  };
};

/** How often nodes were worked again, by their names. */
const again = ({ events }: Pick<Ran<'run'>, 'events'>): readonly string[] =>
  events.flatMap((event) =>
    event.name === 'message' ? (/\.(\w+) is worked again/.exec(event.text)?.[1] ?? []) : [],
  );

/** A server that is about to end may take a connection and say nothing on it. */
const answers = ({ rows }: Pick<WarehouseProject, 'rows'>): Promise<boolean> =>
  Promise.race([
    rows('select 1').then(
      () => true,
      () => false,
    ),
    pause(2000, false),
  ]);

/** Resolves when the server works on a statement with these words; gives the process that does. */
async function backendOf(shop: WarehouseProject, words: string): Promise<number> {
  for (;;) {
    const [row] = await shop.rows(
      `select pid from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() and query like '%${words}%'`,
    );
    if (row !== undefined) return Number(row[0]);
    await pause(20);
  }
}

describe('PostgreSQL', () => {
  // Long enough to be found on a machine that is busy.
  const words = 'pg_sleep(3)';
  const slow = `(select count(*) from ${words})`;

  const ends: readonly (readonly [string, (shop: WarehouseProject) => Promise<unknown>])[] = [
    [
      'a process of the server is ended by an administrator',
      async (shop) => shop.rows(`select pg_terminate_backend(${await backendOf(shop, words)})`),
    ],
    [
      'the server is stopped at once, and started again',
      async (shop) => {
        await backendOf(shop, words);
        await server.crash();
        await server.restart();
      },
    ],
  ];

  test.each(ends)(
    '%s: what may be is worked again, what may not is told, and nothing is lost or doubled',
    async (_, end) => {
      const files = (id: string) => ({
        'models/a.sql': table(`select ${id} as id`),
        'models/b.sql': table(`select id from {{ ref('a') }}`),
        'models/c.sql': added(`select id from {{ ref('b') }}`),
        'models/d.sql': added(`select ${id} as id`),
      });
      const shop = projectOn(server.address, files('1'), { threads: 1, retries: 3 });
      await succeeds(shop, 'run');
      for (const [name, second] of [
        ['a', 2],
        ['d', 3],
      ] as const) {
        shop.write(files('2'));
        shop.write({
          [`models/${name}.sql`]:
            name === 'a' ? table(`select 2 + ${slow} - 1 as id`) : added(`select 3 + ${slow} - 1 as id`),
        });
        const ended: Promise<unknown>[] = [];
        const onEvent = onceSent(words, () => ended.push(end(shop)));
        const ran = await sluice(shop, 'run', { onEvent, select: name === 'a' ? ['a+'] : ['d'] });
        await Promise.all(ended);
        while (!(await answers(shop))) await pause(20);
        expect(ended).toHaveLength(1);
        if (name === 'a') {
          expect(again(ran)).toContain('a');
          expect(ran.statuses).toEqual({ a: 'success', b: 'success', c: 'success' });
          expect(await shop.rows('select a.id, b.id from a, b')).toEqual([[2, 2]]);
          expect(await shop.rows('select id from c order by id')).toEqual([[1], [2]]);
          continue;
        }
        expect(again(ran)).toEqual([]);
        expect(ran.diagnostics.map(({ code }) => code)).toEqual(['warehouse-transient']);
        expect(ran.diagnostics[0]?.hint).toBeTruthy();
        expect(await shop.rows('select id from d')).toEqual([[1]]);
        shop.write({ 'models/d.sql': added(`select ${second} as id`) });
        await succeeds(shop, 'run', { select: ['d'] });
        expect(await shop.rows('select id from d order by id')).toEqual([[1], [3]]);
      }
      expect(await shop.relations()).toEqual(['a table', 'b table', 'c table', 'd table']);
    },
  );

  test('a server that stops while a table takes its place leaves the old or the new, and the run goes on', async () => {
    for (const words of ['rename to', 'drop table']) {
      const shop = projectOn(server.address, { 'models/a.sql': table('select 1 as id') }, { threads: 1 });
      await succeeds(shop, 'run');
      shop.write({ 'models/a.sql': table('select 2 as id') });
      const ended: Promise<unknown>[] = [];
      const crash = async (): Promise<void> => {
        await server.crash();
        await server.restart();
      };
      const ran = await sluice(shop, 'run', { onEvent: onceSent(words, () => ended.push(crash())) });
      await Promise.all(ended);
      expect([words, ended.length, ran.statuses, ran.diagnostics]).toEqual([words, 1, { a: 'success' }, []]);
      expect(await shop.rows('select id from a')).toEqual([[2]]);
      expect(await shop.relations()).toEqual(['a table']);
    }
  });

  test('a server that is away between two batches is waited for, and every batch is there once', async () => {
    const batched = (worth: string): string =>
      `{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='ts', begin='2024-01-01',
         batch_size='day', unique_key='id', lookback=2) }}
       select cast('{{ model.batch.event_time_start }}' as timestamp) as ts, {{ model.batch.id }} as id, ${worth} as worth`;
    const now = new Date('2024-01-03T12:00:00Z');
    const shop = projectOn(server.address, { 'models/a.sql': batched('1') }, { threads: 1, retries: 0 });
    await succeeds(shop, 'run', { now });
    shop.write({
      'models/a.sql': batched(
        `{{ '1 + (select count(*) from pg_sleep(0.5))' if model.batch.id == '20240102' else '2' }}`,
      ),
    });
    let crashed: Promise<void> | null = null;
    let restarted: Promise<void> | null = null;
    const said: string[] = [];
    const ran = await sluice(shop, 'run', {
      now,
      onEvent: (event) => {
        if (event.name === 'statement-sent' && event.sql.includes('pg_sleep(0.5)')) {
          crashed ??= server.crash();
        }
        if (event.name !== 'message' || !/worked again/.test(event.text)) return;
        said.push(event.text);
        // It has been tried without a server by then.
        if (said.length === 2) restarted = crashed!.then(() => server.restart());
      },
    });
    await restarted;
    expect([ran.statuses, ran.diagnostics]).toEqual([{ a: 'success' }, []]);
    for (const text of said) expect(text).toMatch(/^batch 2024-01-02 of model\.shop\.a is worked again/);
    expect(await shop.rows('select id, worth from a order by id')).toEqual(
      [20240101, 20240102, 20240103].map((id) => [id, 2]),
    );
    expect(await shop.relations()).toEqual(['a table']);
  });

  test('a statement over its limit is ended on the server and told; the next run repairs', async () => {
    const shop = projectOn(server.address, { 'models/a.sql': table('select 1 as id') });
    await succeeds(shop, 'run');
    const limited = projectOn(
      server.address,
      { 'models/a.sql': table('select 2 as id from pg_sleep(600)') },
      { schema: shop.schema, statement_timeout: '300ms' },
    );
    const ran = await sluice(limited, 'run');
    expect(ran.diagnostics.map(({ code }) => code)).toEqual(['warehouse-timeout']);
    expect(ran.diagnostics[0]?.hint).toContain("'statement_timeout'");
    expect(again(ran)).toEqual([]);
    expect(await shop.running()).toBe(0);
    expect(await shop.rows('select id from a')).toEqual([[1]]);
    expect(await shop.relations()).toEqual(['a table']);
    limited.write({ 'models/a.sql': table('select 3 as id') });
    await succeeds(limited, 'run');
    expect(await shop.rows('select id from a')).toEqual([[3]]);
  });

  test('a lock that somebody holds over the limit is waited for again, but not to add rows', async () => {
    const files = {
      'models/keyed.sql': "{{ config(materialized='incremental', unique_key='id') }} select 1 as id",
      'models/added.sql': added('select 1 as id'),
    };
    const shop = projectOn(server.address, files, { threads: 1, lock_timeout: '200ms' });
    await succeeds(shop, 'run');
    const holder = await shop.client();
    await holder.rows('begin');
    await holder.rows('lock table added, keyed in exclusive mode');
    const refused = await sluice(shop, 'run', { select: ['added'] });
    expect(again(refused)).toEqual([]);
    expect(refused.diagnostics.map(({ code }) => code)).toEqual(['warehouse-contention']);
    expect(refused.diagnostics[0]?.hint).toContain("'lock_timeout'");
    const ran = await sluice(shop, 'run', {
      select: ['keyed'],
      onEvent: (event) => {
        if (event.name === 'message' && /worked again/.test(event.text)) void holder.rows('commit');
      },
    });
    expect(again(ran).slice(0, 1)).toEqual(['keyed']);
    expect(ran.statuses).toEqual({ keyed: 'success' });
    expect(await shop.rows('select (select count(*) from keyed), (select count(*) from added)')).toEqual([
      [1, 1],
    ]);
  });

  test('of two nodes whose hooks deadlock the victim is worked again as a whole', async () => {
    const model = (first: string, second: string): string =>
      `{{ config(materialized='table', pre_hook=['lock table ${first}', 'select meet()'], post_hook='lock table ${second}') }} select 1 as id`;
    const shop = projectOn(
      server.address,
      { 'models/a.sql': model('x', 'y'), 'models/b.sql': model('y', 'x') },
      { threads: 2, search_path: 'hooked' },
    );
    await shop.rows('create schema hooked');
    for (const statement of [
      'create table hooked.x ()',
      'create table hooked.y ()',
      'create sequence hooked.arrivals',
    ])
      await shop.rows(statement);
    // Waits until both have come: a sequence counts whatever becomes of the transaction.
    await shop.rows(`create function hooked.meet() returns int language plpgsql as $$
      begin perform nextval('hooked.arrivals');
      while (select last_value from hooked.arrivals) < 2 loop perform pg_sleep(0.01); end loop;
      return 1; end $$`);
    const ran = await sluice(shop, 'run');
    expect(ran.statuses).toEqual({ a: 'success', b: 'success' });
    expect(again(ran)).toHaveLength(1);
    expect(await shop.rows('select a.id, b.id from a, b')).toEqual([[1, 1]]);
    expect(await shop.relations()).toEqual(['a table', 'b table']);
  });

  test('a server with few connections left is worked with by fewer threads', async () => {
    const setup = projectOn(server.address);
    await setup.rows("create role few login password 'few' connection limit 2");
    await setup.rows('grant create on database postgres to few');
    const names = Array.from({ length: 6 }, (_, index) => `m${index}`);
    const files = Object.fromEntries(
      names.map((name) => [`models/${name}.sql`, table('select 1 as id from pg_sleep(0.1)')]),
    );
    const shop = projectOn(server.address, files, { threads: 6, user: 'few', password: 'few' });
    const ran = await succeeds(shop, 'run');
    expect(ran.statuses).toEqual(Object.fromEntries(names.map((name) => [name, 'success'])));
    // Others that hold all of them for a while are waited for.
    const hogs = await Promise.all(
      [0, 1].map(() => projectOn({ ...server.address, user: 'few', password: 'few' }).client()),
    );
    const waiting = sluice(
      projectOn(server.address, files, { schema: shop.schema, user: 'few', password: 'few', retries: 2 }),
      'run',
    );
    await pause(1500);
    for (const hog of hogs) await hog.close();
    expect((await waiting).outcome?.success).toBe(true);
  });

  test('what the server says of a full disk is told, and never tried again', async () => {
    const shop = projectOn(server.address, {
      'models/a.sql': table('select 1 as id'),
      'models/b.sql': added('select 1 as id'),
      'seeds/s.csv': 'id\n1\n',
    });
    await succeeds(shop, 'build');
    await shop.rows(`create function public.full_disk() returns int language plpgsql as $$
      begin raise exception using errcode = 'disk_full', message = 'could not extend file "base/5/16384": No space left on device'; end $$`);
    shop.write({
      'models/a.sql': table('select public.full_disk() as id'),
      'models/b.sql': added('select public.full_disk() as id'),
    });
    const ran = await sluice(shop, 'run');
    expect(ran.diagnostics.map(({ code }) => code)).toEqual(['warehouse-resources', 'warehouse-resources']);
    for (const { message, hint } of ran.diagnostics) {
      expect(message).toContain('No space left on device');
      expect(hint).toContain('disk');
    }
    expect(again(ran)).toEqual([]);
    expect(await shop.rows('select a.id, b.id from a, b')).toEqual([[1, 1]]);
    expect(await shop.relations()).toEqual(['a table', 'b table', 's table']);
  });
});
