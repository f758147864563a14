import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Event } from '../../src/index.ts';
import { startServer, type TestServer } from '../postgres-server.ts';
import { sluice } from '../rig.ts';
import { projectOn } from './postgres.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';

let server: TestServer;
beforeAll(async () => {
  // Time enough to see that nobody is kept waiting until the server looks for a deadlock.
  server = await startServer({ settings: ['deadlock_timeout=10s'] });
});
afterAll(() => server.stop());

const table = (version: number): string =>
  `{{ config(materialized='table') }} select i as id, ${version} as version from generate_series(1, 10) as g(i)`;

const files = (version: number) => ({
  'models/t.sql': table(version),
  'models/v.sql': "select id, version from {{ ref('t') }}",
});

async function standing(changes: Readonly<Record<string, unknown>> = {}): Promise<WarehouseProject> {
  const shop = projectOn(server.address, files(1), changes);
  await succeeds(shop, 'run');
  shop.write(files(2));
  return shop;
}

const waits = (event: Event): string | null =>
  event.name === 'message' && /waits for a lock/.test(event.text) ? event.text : null;

describe('PostgreSQL', () => {
  test('a swap gets through to its turn among readers of which some are always there, and none of them fails', async () => {
    const shop = await standing();
    let reading = true;
    let open = 0;
    let leastOpen = Number.POSITIVE_INFINITY;
    /** Each holds its locks for a second, longer than a brief attempt waits. */
    const read = async (from: string, afterMs: number): Promise<readonly number[]> => {
      const client = await shop.client();
      const seen: number[] = [];
      await pause(afterMs);
      while (reading) {
        open += 1;
        const [row] = await client.rows(
          `select min(version), max(version), count(*) from (select version, pg_sleep(0.1) from ${from}) as r`,
        );
        open -= 1;
        leastOpen = Math.min(leastOpen, open);
        expect([from, row![0], row![2]]).toEqual([from, row![1], 10]);
        seen.push(Number(row![0]));
      }
      return seen;
    };
    const both = '(select a.version from v as a join t as b using (id, version) offset 0) as j';
    const readers = ['t', 'v', both, 't', 'v', both].map((from, index) => read(from, index * 170));
    await pause(1200);
    leastOpen = Number.POSITIVE_INFINITY;
    const ran = await sluice(shop, 'run', { select: ['t'] });
    const told = ran.events.flatMap((event) => waits(event) ?? []);
    const alwaysOpen = leastOpen;
    expect([ran.statuses, ran.diagnostics]).toEqual([{ t: 'success' }, []]);
    // Those that come after the swap see what it made.
    await pause(1500);
    reading = false;
    for (const seen of await Promise.all(readers)) {
      expect(seen.at(0)).toBe(1);
      expect(seen.at(-1)).toBe(2);
      expect([...seen].sort()).toEqual(seen);
    }
    // There was always somebody, and brief attempts did not help.
    expect(alwaysOpen).toBeGreaterThan(0);
    expect(told.length).toBeGreaterThanOrEqual(4);
    for (const text of told) {
      expect(text).toMatch(/^model\.shop\.t waits for a lock: .*; attempt \d+ of 20 follows$/);
    }
    expect(told[0]).toMatch(/held by process \d+ of the server, user sluice, '/);
    expect(await shop.relations()).toEqual(['t table', 'v view']);
  });

  test('a swap that waits for long gives way to a reader who would wait for it in turn', async () => {
    const shop = await standing();
    const reader = await shop.client();
    const other = await shop.client();
    await reader.rows('begin');
    await reader.rows('select version from t');
    const waiting = `select count(*) from pg_locks where not granted and relation = 't'::regclass and mode = 'AccessExclusiveLock'`;
    let acted: Promise<unknown> | null = null;
    const act = async (): Promise<unknown> => {
      // The view is set aside by then, and the table is waited for.
      while (Number((await other.rows(waiting))[0]![0]) === 0) await pause(20);
      const rows = await reader.rows('select distinct version from v');
      await reader.rows('commit');
      return rows;
    };
    const ran = await sluice(shop, 'run', {
      select: ['t'],
      onEvent: (event) => {
        if (/attempt 5 of 20/.test(waits(event) ?? '')) acted ??= act();
      },
    });
    expect(await acted).toEqual([[1]]);
    expect([ran.statuses, ran.diagnostics]).toEqual([{ t: 'success' }, []]);
    const told = ran.events.flatMap((event) => waits(event) ?? []);
    expect(told.at(-1)).toContain('gave way');
    expect(await shop.rows('select distinct t.version, v.version from t, v')).toEqual([[2, 2]]);
    expect(await shop.relations()).toEqual(['t table', 'v view']);
  });

  test('an interrupt ends a swap that waits for long, and the old table stands', async () => {
    const shop = await standing();
    const reader = await shop.client();
    await reader.rows('begin');
    await reader.rows('select version from t');
    const controller = new AbortController();
    const waiting = `select count(*) from pg_locks where not granted and relation = 't'::regclass`;
    const stop = async (): Promise<void> => {
      while (Number((await shop.rows(waiting))[0]![0]) === 0) await pause(20);
      controller.abort();
    };
    let stopped: Promise<void> | null = null;
    const ran = await sluice(shop, 'run', {
      select: ['t'],
      signal: controller.signal,
      onEvent: (event) => {
        if (/attempt 5 of 20/.test(waits(event) ?? '')) stopped ??= stop();
      },
    });
    await stopped;
    expect(ran.outcome).toMatchObject({ success: false, interrupted: true });
    expect(await reader.rows('select distinct t.version, v.version from t, v')).toEqual([[1, 1]]);
    await reader.rows('commit');
    await succeeds(shop, 'run');
    expect(await shop.rows('select distinct t.version, v.version from t, v')).toEqual([[2, 2]]);
    expect(await shop.relations()).toEqual(['t table', 'v view']);
  });
});
