import { describe, expect, inject, test } from 'vitest';
import { ask, since } from '../postgres.ts';
import { type Ran, sluice, start, startProgram } from '../rig.ts';
import { postgres } from './postgres.ts';
import { lead, startProxy, type Trouble, type WireProxy } from './proxy.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';

const table = (sql: string): string => `{{ config(materialized='table') }} ${sql}`;
const added = (sql: string): string => `{{ config(materialized='incremental') }} ${sql}`;

/** Trouble for the first request with these words. */
function once(proxy: WireProxy, words: string, trouble: Trouble): void {
  let met = false;
  proxy.choose(({ sql }) => {
    if (met || !sql.includes(words)) return null;
    met = true;
    return trouble;
  });
}

const again = ({ events }: Pick<Ran<'build'>, 'events'>): number =>
  events.filter((event) => event.name === 'message' && /is worked again/.test(event.text)).length;

async function through(files: Readonly<Record<string, string>>) {
  const shop = postgres.project(files);
  const proxy = await startProxy(inject('postgres'));
  await succeeds(shop, 'build');
  lead(shop, proxy, { keepalives_idle: 1 });
  return { shop, proxy };
}

const idsOf = async (shop: WarehouseProject, name: string): Promise<readonly unknown[]> =>
  (await shop.rows(`select id from ${name} order by id`)).map(([id]) => id);

describe('PostgreSQL', () => {
  test.each<Trouble>(['reset', 'half-closed', 'stalled', 'stalled-after'])(
    'a network that lets a statement down ends no run, and doubles no row: %s',
    async (trouble) => {
      const { shop, proxy } = await through({
        'models/a.sql': table('select 1 as id'),
        'models/b.sql': added('select 1 as id'),
      });
      shop.write({ 'models/a.sql': table('select 2 as id'), 'models/b.sql': added('select 2 as id') });
      once(proxy, 'select 2 as id', trouble);
      const ran = await sluice(shop, 'run', { select: ['a'] });
      expect([ran.statuses, again(ran)]).toEqual([{ a: 'success' }, 1]);
      expect(await idsOf(shop, 'a')).toEqual([2]);
      once(proxy, 'insert into', trouble);
      const refused = await sluice(shop, 'run', { select: ['b'] });
      expect(refused.diagnostics.map(({ code }) => code)).toEqual(['warehouse-transient']);
      expect(again(refused)).toBe(0);
      expect(await idsOf(shop, 'b')).toEqual([1]);
      await succeeds(shop, 'run', { select: ['b'] });
      expect(await idsOf(shop, 'b')).toEqual([1, 2]);
      expect(await shop.relations()).toEqual(['a table', 'b table']);
    },
  );

  test('a reset in the middle of the rows of a seed leaves the old ones, and the seed is loaded again', async () => {
    const { shop, proxy } = await through({ 'seeds/s.csv': 'id,pad\n1,x\n' });
    const rows = Array.from({ length: 5000 }, (_, id) => `${id},${'x'.repeat(200)}`);
    shop.write({ 'seeds/s.csv': `id,pad\n${rows.join('\n')}\n` });
    let seen = 0;
    const stood: Promise<readonly unknown[]>[] = [];
    proxy.choose(({ isCopyData }) => {
      if (!isCopyData) return null;
      seen += 1;
      return seen === 3 ? 'reset' : null;
    });
    const ran = await sluice(shop, 'seed', {
      onEvent: (event) => {
        if (event.name === 'message' && /worked again/.test(event.text)) stood.push(idsOf(shop, 's'));
      },
    });
    expect([ran.statuses, again(ran), seen > 3]).toEqual([{ s: 'success' }, 1, true]);
    expect(await Promise.all(stood)).toEqual([[1]]);
    expect(await shop.rows('select count(*), count(distinct id) from s')).toEqual([[5000, 5000]]);
  });

  test('a password that no longer holds is sent once by each node, and told', async () => {
    const user = `sluice_faults_${process.pid}`;
    await ask(`create role ${user} superuser login password 'first'`);
    try {
      const shop = postgres.project({
        'models/a.sql': table('select 1 as id'),
        'models/b.sql': "select id from {{ ref('a') }}",
      });
      const proxy = await startProxy(inject('postgres'));
      lead(shop, proxy, { user, password: 'first', retries: 3 });
      // The connection that the run has is lost, and it is not let in again.
      let changed: Promise<unknown> | null = null;
      once(proxy, 'select 1 as id', 'cut');
      const before = { connections: 0 };
      const ran = await sluice(shop, 'run', {
        onEvent: (event) => {
          if (event.name !== 'statement-sent' || changed !== null) return;
          before.connections = proxy.connections;
          changed = ask(`alter role ${user} password 'second'`);
        },
      });
      await changed;
      const codes = ran.diagnostics.map(({ code }) => code);
      expect(codes).toEqual(['warehouse-authentication']);
      expect(ran.statuses).toEqual({ a: 'error', b: 'skipped' });
      expect(proxy.connections - before.connections).toBe(1);
    } finally {
      await ask(`drop owned by ${user} cascade`);
      await ask(`drop role ${user}`);
    }
  });

  test('a server that takes no writes any more fails the node at once', async () => {
    const shop = postgres.project({
      'models/a.sql': `{{ config(materialized='table', pre_hook='set transaction read only') }} select 1 as id`,
    });
    const ran = await sluice(shop, 'run');
    expect(ran.diagnostics.map(({ code }) => code)).toEqual(['warehouse-permission']);
    expect(ran.diagnostics[0]?.hint).toContain('standby');
    expect(again(ran)).toBe(0);
  });

  test('an interrupt reaches the server while the network keeps silent about the statement', async () => {
    const { shop, proxy } = await through({ 'models/a.sql': table('select 1 as id') });
    shop.write({ 'models/a.sql': table(`select ${postgres.endless} as id`) });
    once(proxy, postgres.endless, 'stalled-after');
    const invocation = start(shop, 'run');
    for await (const event of invocation.events()) {
      if (event.name !== 'statement-sent' || !event.sql.includes(postgres.endless)) continue;
      while ((await shop.running()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      invocation.cancel();
    }
    expect(await invocation).toMatchObject({ success: false, interrupted: true });
    expect(await shop.running()).toBe(0);
    expect(await idsOf(shop, 'a')).toEqual([1]);
  });

  test('of nodes at work when one fails fast the others are ended on the server', async () => {
    const names = ['a', 'b', 'c'];
    const endless = Object.fromEntries(
      names.map((name) => [`models/${name}.sql`, table(`select ${postgres.endless} as id`)]),
    );
    const shop = postgres.project({
      ...endless,
      'models/d.sql': table('select pg_sleep(0.5)::text::int as id'),
      'models/e.sql': "select 1 as id -- {{ ref('d') }}",
    });
    const ran = await sluice(shop, 'run', { failFast: true, threads: 4 });
    expect(ran.statuses).toEqual({ a: 'skipped', b: 'skipped', c: 'skipped', d: 'error', e: 'skipped' });
    expect(await shop.running()).toBe(0);
    expect(await shop.relations()).toEqual([]);
  });

  test.skipIf(!since(14))('the server ends the query of a program that was killed', async () => {
    const shop = postgres.project({ 'models/a.sql': table('select 1 as id') });
    await succeeds(shop, 'run');
    shop.write({ 'models/a.sql': table(`select ${postgres.endless} as id`) });
    const { child, ended } = startProgram(shop, ['run']);
    while ((await shop.running()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGKILL');
    await ended;
    while ((await shop.running()) > 0) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await idsOf(shop, 'a')).toEqual([1]);
    expect(await shop.relations()).toEqual(['a table']);
  });
});
