import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runProgram, startProgram } from '../rig.ts';
import { isFull, seed } from './fault-choice.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';
import { having } from './warehouses.ts';

const rows = "select i, i % 2 as p, {{ var('v') }} as v from generate_series(1, 20) as g(i)";
const model = (config: string): string => `{{ config(materialized='external', ${config}) }} ${rows}`;

/** One is a file, the others are folders. */
const files = {
  'out/.keep': '',
  'models/plain.sql': model("location=var('root') ~ '/out/plain.parquet'"),
  'models/parted.sql': model(
    "location=var('root') ~ '/out/parted', options={'partition_by': 'p', 'overwrite': true}",
  ),
  'models/merged.sql': model(
    "location=var('root') ~ '/out/merged', options={'partition_by': 'p', 'overwrite_or_ignore': true}",
  ),
};
const sources = {
  plain: 'out/plain.parquet',
  parted: 'out/parted/*/*.parquet',
  merged: 'out/merged/*/*.parquet',
};

/** The version of each that is there; it must be of one only, and whole. */
async function standing(shop: WarehouseProject): Promise<Readonly<Record<string, number>>> {
  const found: Record<string, number> = {};
  for (const [name, path] of Object.entries(sources)) {
    if (!readdirSync(shop.path('out')).some((file) => file.startsWith(name))) continue;
    const [row] = await shop.rows(
      `select count(*), count(distinct i), min(v), max(v) from read_parquet('${shop.path(path)}')`,
    );
    const [count, kinds, low, high] = row!.map(Number);
    expect([name, count, kinds, low]).toEqual([name, 20, 20, high]);
    found[name] = high!;
  }
  return found;
}

const ours = (shop: WarehouseProject): readonly string[] =>
  readdirSync(shop.path('out')).filter((name) => name.includes('.sluice_'));

const argv = (shop: WarehouseProject, v: number): string[] => [
  ...['run', '--threads', '1', '--vars', JSON.stringify({ v, root: shop.directory })],
];

const faulty = (kind: string, at: number) => ({
  NODE_OPTIONS: `--import ${resolve(import.meta.dirname, 'file-faults.mjs')}`,
  FAULT_FILE_AT: String(at),
  FAULT_KIND: kind,
});

/** Every change of a file is broken, or every fourth, from one on that changes with the day. */
const step = isFull ? 1 : 4;
const start = isFull ? 1 : 1 + (seed % step);

describe.each(having('files'))('$name', ({ project, slow }) => {
  test.each(['killed', 'killed-after'])(
    'a run that is %s at any move of a file leaves files and folders as a whole, and a plain run repairs',
    async (kind) => {
      const shop = project(files);
      await succeeds(shop, 'run', { vars: { v: 1, root: shop.directory } });
      let v = 1;
      for (let at = start; ; at += step) {
        v += 1;
        const { signal } = await startProgram(shop, argv(shop, v), faulty(kind, at)).ended;
        if (signal === null) break;
        const left = await standing(shop);
        // Between its two moves a folder is away, and beside its place.
        for (const name of Object.keys(sources).filter((one) => left[one] === undefined)) {
          expect(name).not.toBe('plain');
          const [beside] = ours(shop).filter((folder) => folder.startsWith(`.${name}.`));
          expect(readdirSync(shop.path(`out/${beside}`)).sort()).toEqual(['new', 'old']);
        }
        for (const version of Object.values(left)) expect([v - 1, v]).toContain(version);
        expect(await runProgram(shop, argv(shop, v))).toMatchObject({ code: 0 });
        expect(await standing(shop)).toEqual({ plain: v, parted: v, merged: v });
        expect(ours(shop)).toEqual([]);
        expect(await shop.relations()).toEqual(['merged view', 'parted view', 'plain view']);
      }
      expect(v).toBeGreaterThan(isFull ? 14 : 4);
    },
    600_000,
  );

  test('any move of a file that the system refuses leaves the old file or the new one, as the node says', async () => {
    const shop = project(files);
    await succeeds(shop, 'run', { vars: { v: 1, root: shop.directory } });
    let before: Readonly<Record<string, number>> = { plain: 1, parted: 1, merged: 1 };
    let v = 1;
    for (let at = start; ; at += step) {
      v += 1;
      const { code, out, err } = await runProgram(shop, argv(shop, v), faulty('refuses', at));
      const left = await standing(shop);
      for (const name of Object.keys(sources)) {
        const isMade = new RegExp(`OK created sql external model \\S+\\.${name} `).test(out);
        expect([at, name, left[name]]).toEqual([at, name, isMade ? v : before[name]]);
      }
      before = left;
      if (!err.includes('broke')) break;
      // What cannot be removed, or linked, is no failure.
      expect(code).toBe(/broke (rm|link)/.test(err) ? 0 : code);
      if (code === 1) expect(out).toMatch(/error\[external-file\] '\w+' cannot be written to \S+: EIO/);
    }
    expect(ours(shop)).toEqual([]);
    expect(v).toBeGreaterThan(isFull ? 14 : 4);
  }, 600_000);

  test('what the system refuses is told with the place of the file, and so is an old file that cannot be put back', async () => {
    const shop = project({ 'out/.keep': '', 'models/plain.sql': files['models/plain.sql'] });
    expect(await runProgram(shop, argv(shop, 1))).toMatchObject({ code: 0 });
    const place = shop.path('out/plain.parquet');
    const refused = await runProgram(shop, argv(shop, 2), faulty('refuses', 1));
    expect(refused.out).toContain(
      `error[external-file] 'plain' cannot be written to ${place}: EIO: i/o error, mkdir`,
    );
    expect(refused.out).toContain(
      'hint: what stood there stays; the folder must allow to make and to rename files in it',
    );
    shop.write({
      'models/plain.sql': files['models/plain.sql'].replace(') }}', ', post_hook="select error(\'no\')") }}'),
    });
    // Made beside, linked aside, put in its place, and then back.
    const stays = await runProgram(shop, argv(shop, 3), faulty('refuses', 4));
    expect(stays.err).toContain('broke rename');
    expect(stays.out).toContain(
      `'plain' failed, and the file that stood at ${place} could not be put back: EIO: i/o error, rename`,
    );
    expect(await standing(shop)).toEqual({ plain: 3 });
    shop.write({ 'models/plain.sql': files['models/plain.sql'] });
    expect(await runProgram(shop, argv(shop, 4))).toMatchObject({ code: 0 });
    expect(await standing(shop)).toEqual({ plain: 4 });
    expect(ours(shop)).toEqual([]);
  });

  test('two processes that write one file at once leave the whole file of one, and let the other alone', async () => {
    const shop = project({
      'profiles.yml': "shop: {target: dev, outputs: {dev: {type: duckdb, path: ':memory:'}}}\n",
      'out/.keep': '',
      'models/plain.sql': files['models/plain.sql'].replace(
        'as v from',
        "+ {{ var('more', 0) }} * 0 as v from",
      ),
    });
    const first = argv(shop, 1);
    first.push(first.pop()!.replace('{', `{"more":${JSON.stringify(slow)},`));
    const running = startProgram(shop, [...first, '--debug', '--no-use-colors']);
    await running.saw(/On model\.shop\.plain: [^;]*create /);
    running.child.kill('SIGSTOP');
    expect(ours(shop)).toHaveLength(1);
    expect(await runProgram(shop, argv(shop, 2))).toMatchObject({ code: 0 });
    expect(await standing(shop)).toEqual({ plain: 2 });
    expect(ours(shop)).toHaveLength(1);
    running.child.kill('SIGCONT');
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(await standing(shop)).toEqual({ plain: 1 });
    expect(ours(shop)).toEqual([]);
  });
});
