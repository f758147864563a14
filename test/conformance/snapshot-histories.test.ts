import { array, assert, asyncProperty, constantFrom } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Row, rowsOf } from './histories.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';
import { warehouses } from './warehouses.ts';

/** What a key's row holds in each round; null where there is no row, 'null' where the value is null. */
type Life = readonly (string | null)[];

const rounds = 5;
const life = array(constantFrom(null, 'a', 'b', 'null'), { minLength: rounds, maxLength: rounds });
const lives = array(life, { minLength: 12, maxLength: 12 });

/** A version of a row: its value, whether it tells of a deletion, and whether it holds. */
type Version = readonly [value: string, deleted: boolean, holds: boolean];

/** The versions of one row by hand: a value that differs begins one, what becomes of a row that is gone is chosen. */
function versionsOf(life: Life, deletes: 'ignore' | 'invalidate' | 'new_record'): Version[] {
  const versions: { value: string; deleted: boolean; holds: boolean }[] = [];
  const end = (): void => {
    const last = versions.at(-1);
    if (last !== undefined) last.holds = false;
  };
  for (const value of life) {
    const current = versions.findLast(({ holds }) => holds);
    if (value !== null) {
      if (current?.value === value && !current.deleted) continue;
      end();
      versions.push({ value, deleted: false, holds: true });
    } else if (current !== undefined && !current.deleted && deletes !== 'ignore') {
      end();
      if (deletes === 'new_record') versions.push({ value: current.value, deleted: true, holds: true });
    }
  }
  return versions.map(({ value, deleted, holds }) => [value, deleted, holds]);
}

/** The rows of one round; a row's time of change is the round in which its value came to differ. */
function sourceOf(lives: readonly Life[], round: number): string {
  const rows = lives.flatMap((life, id): Row[] => {
    const value = life[round]!;
    if (value === null) return [];
    const seen = life
      .slice(0, round + 1)
      .map((one, at) => [one, at] as const)
      .filter(([one]) => one !== null);
    const since = seen.findLastIndex(([one]) => one !== value) + 1;
    return [[id, value === 'null' ? null : value, seen[since]![1] + 1]];
  });
  return rowsOf(rows);
}

const strategies = {
  ignore: 'strategy: check, check_cols: [v]',
  invalidate: 'strategy: check, check_cols: [v], hard_deletes: invalidate',
  new_record: 'strategy: check, check_cols: [v], hard_deletes: new_record',
  by_time: 'strategy: timestamp, updated_at: changed',
};
const names = Object.keys(strategies) as (keyof typeof strategies)[];

async function check(
  shop: WarehouseProject,
  lives: readonly Life[],
  name: keyof typeof strategies,
): Promise<void> {
  const deleted = name === 'new_record' ? "dbt_is_deleted = 'True'" : '1 = 0';
  const rows = await shop.rows(
    `select id, coalesce(v, 'null'), ${deleted}, dbt_valid_to is null,
       cast(dbt_valid_from as varchar(30)), cast(dbt_valid_to as varchar(30))
     from ${name} order by id, dbt_valid_from`,
  );
  for (const [id, life] of lives.entries()) {
    const mine = rows.filter((row) => row[0] === id);
    const expected = versionsOf(life, name === 'by_time' ? 'ignore' : name);
    expect([name, id, life, mine.map((row) => row.slice(1, 4))]).toEqual([name, id, life, expected]);
    for (const [index, row] of mine.entries()) {
      const [from, to, next] = [String(row[4]), row[5], mine[index + 1]?.[4]];
      if (to !== null) expect(from < String(to)).toBe(true);
      if (next === undefined) continue;
      if (name === 'invalidate') expect(String(to) <= String(next)).toBe(true);
      else expect(to).toBe(next);
    }
  }
}

describe.each(warehouses)('$name', ({ project }) => {
  test('whatever rows do, their versions follow each other without gaps or overlaps, and at most one holds', async () => {
    await assert(
      asyncProperty(lives, async (lives) => {
        const shop = project({
          'snapshots/all.yml': `snapshots:\n${names
            .map(
              (name) =>
                `  - {name: ${name}, relation: ref('source'), config: {unique_key: id, ${strategies[name]}}}`,
            )
            .join('\n')}`,
        });
        for (let round = 0; round < rounds; round += 1) {
          shop.write({ 'models/source.sql': `{{ config(materialized='table') }} ${sourceOf(lives, round)}` });
          await succeeds(shop, 'build');
        }
        for (const name of names) await check(shop, lives, name);
      }),
      { numRuns: 3 },
    );
  });
});
