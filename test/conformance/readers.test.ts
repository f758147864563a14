import { describe, expect, test } from 'vitest';
import { type CounterProject, changing, holds, keeping, seenThrough } from './counter-project.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';
import { warehouses } from './warehouses.ts';

/** The rows that every relation has, but for those that say otherwise. */
const rows = 2000;
const isSeed = (name: string, version: unknown): boolean =>
  name === 'seeded' || (name.endsWith('_seed') && Number(version) % 2 === 1);

/**
 * Programs decide for themselves when a relation and what reads it change, and a query that reads a file twice opens it
 * twice, so that both need not be of one version.
 */
const eachAlone: ReadonlySet<string> = new Set([
  ...['swapped', 'upserted', 'view_program', 'view_upserted'],
  ...['written', 'view_file', 'table_file'],
]);

/** Reads that each must be of one version as a whole: of the relation, of a view over it, of both at once. */
function reads(name: string): readonly string[] {
  const measures = (relation: string): string =>
    `(select min(v) as low, max(v) as high, count(*) as n from ${relation} ${holds(name)})`;
  const alone = [name, `theirs_${name}`].map(
    (relation) => `select low, high, n from ${measures(relation)} as r`,
  );
  if (name === 'batched') {
    return [name, `theirs_${name}`].flatMap((relation) =>
      [20240101, 20240102].map(
        (day) => `select min(v), max(v), count(*) from ${relation} where id between ${day}00 and ${day}99`,
      ),
    );
  }
  if (eachAlone.has(name)) return alone;
  const both = `select least(r.low, s.low), greatest(r.high, s.high), greatest(r.n, s.n)
    from ${measures(name)} as r cross join ${measures(`theirs_${name}`)} as s`;
  return [...alone, both];
}

/** What a read gave that nobody should see; null for a version as a whole. */
function wrong(name: string, [low, high, count]: readonly unknown[]): string | null {
  const found = `${name}: ${count} rows of versions ${low} to ${high}`;
  if (name === 'appended') return low === 1 && count === high ? null : found;
  const whole = name === 'batched' ? 5 : isSeed(name, high) ? 20 : rows;
  return low === high && count === whole ? null : found;
}

/** Reads on and on until the work is done; gives the number of reads, and all that was wrong with them. */
async function watched(shop: WarehouseProject, names: readonly string[], work: () => Promise<void>) {
  let working = true;
  const found = new Set<string>();
  let count = 0;
  const read = async (queries: readonly (readonly [name: string, sql: string])[]): Promise<void> => {
    const client = await shop.client();
    const newest = new Map<string, number>();
    while (working) {
      for (const [name, sql] of queries) {
        const [row] = await client.rows(sql);
        const bad = wrong(name, row!);
        if (bad !== null) found.add(bad);
        const version = Number(row![1]);
        if (version < (newest.get(sql) ?? 0)) found.add(`${name}: version ${version} after a newer one`);
        newest.set(sql, version);
        count += 1;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    await client.close();
  };
  const all = names.flatMap((name) => reads(name).map((sql) => [name, sql] as const));
  const clients = 6;
  const readers = Array.from({ length: clients }, (_, client) =>
    read(all.filter((_, index) => index % clients === client)),
  );
  try {
    await Promise.race([work(), Promise.all(readers)]);
  } finally {
    working = false;
  }
  await Promise.all(readers);
  return { found, count };
}

describe.each(warehouses)('$name', ({ project, ...warehouse }) => {
  const now = new Date('2024-01-02T12:00:00Z');

  async function prepared({ names, files, at }: CounterProject) {
    const shop = project(files);
    const build = async (version: number, fullRefresh = false): Promise<void> => {
      shop.write(at(version));
      await succeeds(shop, 'build', { vars: { v: version, rows, root: shop.directory }, now, fullRefresh });
    };
    await build(1);
    for (const name of names) await shop.rows(`create view theirs_${name} as ${seenThrough(name)}`);
    return { shop, build };
  }

  test.each([
    ['next builds', keeping(warehouse), false],
    ['full refreshes', keeping(warehouse), true],
    ['changes of type', changing(warehouse), false],
  ] as const)(
    'during %s readers of relations and of views over them see one version, whole',
    async (what, { names, ...given }, fullRefresh) => {
      const { shop, build } = await prepared({ names, ...given });
      // The second batch of a model that is refreshed in full follows when its first has replaced all of it.
      const whole = names.filter((name) => !(fullRefresh && name === 'batched'));
      const { found, count } = await watched(shop, whole, async () => {
        for (const version of [2, 3, 4, 5]) await build(version, fullRefresh);
      });
      console.log(`${what}: ${count} reads`);
      expect([...found]).toEqual([]);
      expect(count).toBeGreaterThan(100);
    },
  );
});

describe.each(warehouses)('$name', ({ project, snapshot, lacks }) => {
  test('a transaction that keeps to what it saw at first reads the old rows, or none of a table that was swapped', async () => {
    const model = (config: string): string =>
      `{{ config(${config}) }} select i, {{ var('v') }} as v from generate_series(1, 3) as g(i)`;
    const shop = project({
      'models/built.sql': model("materialized='table'"),
      'models/replaced.sql': model("materialized='incremental', unique_key='i'"),
    });
    await succeeds(shop, 'build', { vars: { v: 1 } });
    await shop.rows('create table other as select 1 as i');
    const reader = await shop.client();
    await reader.rows(snapshot);
    await reader.rows('select i from other');
    await succeeds(shop, 'build', { vars: { v: 2 } });
    const versions = (name: string) => reader.rows(`select v, count(*) from ${name} group by v`);
    expect(await versions('replaced')).toEqual([[1, 3]]);
    // Where readers hold no locks, the table that they saw is kept for them; else it is gone, as is documented.
    expect(await versions('built')).toEqual(lacks['reader locks'] === undefined ? [] : [[1, 3]]);
    await reader.rows('commit');
    expect(await versions('built')).toEqual([[2, 3]]);
  });
});
