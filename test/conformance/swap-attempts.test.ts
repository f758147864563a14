import { describe, expect, test, vi } from 'vitest';
import { sluice } from '../rig.ts';
import { postgres } from './postgres.ts';
import { succeeds } from './succeeds.ts';

// A swap pauses for minutes before it is given up.
vi.mock('node:timers/promises', async (importOriginal) => {
  const { setTimeout: pause, ...others } = await importOriginal<typeof import('node:timers/promises')>();
  const shorter: typeof pause = (ms, ...rest) => pause(Math.min(ms ?? 0, 20), ...rest);
  return { ...others, setTimeout: shorter };
});

const model = (version: number, columns = 'id, version'): string =>
  `{{ config(materialized='table', indexes=[{'columns': ['id'], 'unique': true}]) }}
   select ${columns} from (select i as id, ${version} as version from generate_series(1, 3) as g(i)) as r`;

describe('PostgreSQL', () => {
  test('a table whose readers never let go of it gets the new rows where it stands, if it may', async () => {
    const shop = postgres.project({
      'models/t.sql': model(1),
      'models/v.sql': "select id, version from {{ ref('t') }}",
      'models/kept.sql': model(1),
      'models/turned.sql': model(1),
    });
    const profiles = JSON.parse(shop.read('profiles.yml'));
    profiles.shop.outputs.dev.lock_timeout = '20ms';
    shop.write({ 'profiles.yml': JSON.stringify(profiles) });
    await succeeds(shop, 'run');
    await shop.rows('create table orders (kept_id int references kept (id) on delete cascade)');
    await shop.rows('insert into orders values (1)');
    const numbers =
      "select relname, oid from pg_class where relname in ('t', 'kept', 'turned') " +
      `and relnamespace = '${shop.schema}'::regnamespace order by 1`;
    const before = await shop.rows(numbers);
    const reader = await shop.client();
    await reader.rows('begin');
    await reader.rows('select * from v, kept, turned');
    shop.write({
      'models/t.sql': model(2),
      'models/kept.sql': model(2),
      'models/turned.sql': model(2, 'version, id'),
    });
    const ran = await sluice(shop, 'run', { exclude: ['v'], threads: 3 });
    expect(ran.statuses).toEqual({ t: 'success', kept: 'error', turned: 'error' });
    expect(ran.diagnostics.map(({ code }) => code)).toEqual(['warehouse-contention', 'warehouse-contention']);
    const told = ran.events.flatMap((event) => (event.name === 'message' ? [event.text] : []));
    expect(told.filter((text) => /waits for a lock/.test(text))).toHaveLength(60);
    expect(told.filter((text) => /held by process \d+.*that was the last attempt$/.test(text))).toHaveLength(
      3,
    );
    expect(told.filter((text) => /^model\.shop\.t stays and is filled anew/.test(text))).toHaveLength(1);
    expect(told.filter((text) => /worked again/.test(text))).toEqual([]);
    // Whoever reads on sees one version, whole.
    expect(await reader.rows('select distinct t.version, v.version from t join v using (id)')).toEqual([
      [2, 2],
    ]);
    await reader.rows('commit');
    expect(await shop.rows('select count(*), min(version), max(version) from v')).toEqual([[3, 2, 2]]);
    expect(
      await shop.rows('select (select max(version) from kept), (select max(version) from turned)'),
    ).toEqual([[1, 1]]);
    expect(await shop.rows('select * from orders')).toEqual([[1]]);
    expect(await shop.rows(numbers)).toEqual(before);
    await succeeds(shop, 'run');
    expect(
      await shop.rows('select (select max(version) from kept), (select max(version) from turned)'),
    ).toEqual([[2, 2]]);
    expect(await shop.relations()).toEqual([
      'kept table',
      'orders table',
      't table',
      'turned table',
      'v view',
    ]);
  });
});
