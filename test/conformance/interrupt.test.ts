import { describe, expect, test } from 'vitest';
import { startProgram } from '../rig.ts';
import { succeeds } from './succeeds.ts';
import { warehouses } from './warehouses.ts';

const kinds: Readonly<Record<string, string>> = {
  built: "materialized='table'",
  added_to: "materialized='incremental'",
  replaced: "materialized='incremental', unique_key='id'",
  hooked: "materialized='table', post_hook='select 1'",
};

const models = (id: string) =>
  Object.fromEntries(
    Object.entries(kinds).map(([name, config]) => [
      `models/${name}.sql`,
      `{{ config(${config}) }} select ${id} as id`,
    ]),
  );

describe.each(warehouses)('$name', ({ project, endless }) => {
  test('an interrupt ends what the warehouse works on, leaves what was there, and ends with 2', async () => {
    const shop = project(models('1'));
    await succeeds(shop, 'build');
    const before = await shop.relations();
    shop.write(models(endless));
    const { child, ended, saw } = startProgram(shop, ['build', '--debug', '--no-use-colors']);
    const sent = endless.replaceAll(/[()*]/g, '\\$&');
    await saw(new RegExp(`(${sent}[^\\0]*){${Object.keys(kinds).length}}`));
    child.kill('SIGINT');
    const { code, signal, out } = await ended;
    expect([code, signal]).toEqual([2, null]);
    expect(out).toMatch(/SKIP=4/);
    expect(await shop.running()).toBe(0);
    expect(await shop.relations()).toEqual(before);
    for (const name of Object.keys(kinds)) {
      expect([name, await shop.rows(`select id from ${name}`)]).toEqual([name, [[1]]]);
    }
  });
});
