import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../postgres-server.ts';
import { sluice } from '../rig.ts';
import { duckdb } from './duckdb.ts';
import { projectOn } from './postgres.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';

const names = ['built', 'added'];

/** So many rows of some forty bytes that do not compress. */
const models = (rows: number) => {
  const sql = `select i as id, md5(cast(i as varchar(9))) || md5(cast(-i as varchar(9))) as t from generate_series(1, ${rows}) as g(i)`;
  return {
    'models/built.sql': `{{ config(materialized='table') }} ${sql}`,
    'models/added.sql': `{{ config(materialized='incremental') }} ${sql}`,
  };
};

const counts = async (shop: WarehouseProject): Promise<readonly unknown[]> =>
  (await shop.rows(`select ${names.map((name) => `(select count(*) from ${name})`).join(', ')}`))[0]!;

const tables = ['added table', 'built table'];

/** Runs the program where no file may be longer than so much, as on a disk that is full. */
function limited(
  shop: WarehouseProject,
  megabytes: number,
): { readonly code: number | null; readonly out: string } {
  const program = resolve(import.meta.dirname, '..', '..', 'bin', 'sluice.js');
  const { status, stdout, stderr } = spawnSync(
    'sh',
    ['-c', `ulimit -f ${megabytes * 2048}; exec "$0" "$@"`, process.execPath, program, 'run'],
    { cwd: shop.directory, env: { PATH: process.env['PATH'], HOME: shop.path('nobody') }, encoding: 'utf8' },
  );
  return { code: status, out: `${stdout}${stderr}` };
}

describe('DuckDB', () => {
  // The rows of many go to the file itself before the commit; those of fewer to the log beside it, when it commits.
  test.each([
    ['shop.duckdb"', 250_000],
    ['shop.duckdb.wal"', 100_000],
  ])(
    'a disk that is full while %s is written leaves what was there, says so, and the next run repairs',
    async (file, rows) => {
      const shop = duckdb.project(models(1));
      await succeeds(shop, 'run');
      shop.write(models(rows));
      const { code, out } = limited(shop, 4);
      expect(code).toBe(1);
      expect(out.match(/error\[warehouse-resources\]/g)).toHaveLength(names.length);
      expect(out).toContain(`${file}: File too large`);
      expect(out).toContain('make room');
      expect(out).not.toContain('worked again');
      expect(await counts(shop)).toEqual([1, 1]);
      expect(await shop.relations()).toEqual(tables);
      await succeeds(shop, 'run');
      expect(await counts(shop)).toEqual([rows, rows + 1]);
      expect(await shop.relations()).toEqual(tables);
    },
  );

  test('a disk that is full while a file of a model is written leaves the old file, says so, and the next run repairs', async () => {
    const model = (rows: number) => ({
      'models/a.sql': `{{ config(materialized='external', format='csv') }} select i as id, repeat('x', 1000) as t from generate_series(1, ${rows}) as g(i)`,
    });
    const shop = duckdb.project(model(1));
    const { code: first } = limited(shop, 4);
    expect(first).toBe(0);
    shop.write(model(20_000));
    const { code, out } = limited(shop, 4);
    expect(code).toBe(1);
    expect(out).toContain('error[warehouse-resources]');
    expect(out).toContain('File too large');
    expect(readdirSync(shop.directory).filter((name) => name.includes('.csv'))).toEqual(['a.csv']);
    expect(shop.read('a.csv')).toHaveLength('id,t\n1,\n'.length + 1000);
    shop.write(model(2));
    expect(limited(shop, 4).code).toBe(0);
    expect(shop.read('a.csv')).toHaveLength('id,t\n1,\n2,\n'.length + 2000);
  });

  test('no room for what a query puts aside is told with the settings that bound it', async () => {
    const shop = duckdb.project(models(1));
    await succeeds(shop, 'run');
    shop.write({
      'profiles.yml': JSON.stringify({
        shop: {
          target: 'dev',
          outputs: {
            dev: {
              type: 'duckdb',
              path: 'shop.duckdb',
              settings: { memory_limit: '20MB', max_temp_directory_size: '1MB' },
            },
          },
        },
      }),
      'models/built.sql':
        "{{ config(materialized='table') }} select list(i) as l, md5(cast(i as varchar)) as t from range(2000000) as r(i) group by 2",
    });
    const { diagnostics } = await sluice(shop, 'run', { select: ['built'] });
    expect(diagnostics.map(({ code }) => code)).toEqual(['warehouse-resources']);
    expect(diagnostics[0]?.hint).toContain('max_temp_directory_size');
    expect(await counts(shop)).toEqual([1, 1]);
  });
});

describe('PostgreSQL', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  test('a disk that is full leaves what was there, says so, and the next run repairs', async () => {
    const shop = projectOn(server.address, models(1), { threads: 1 });
    await succeeds(shop, 'run');
    await server.crash();
    await server.restart({ fileMegabytes: 18 });
    shop.write(models(250_000));
    const { diagnostics, events } = await sluice(shop, 'run');
    expect(diagnostics.map(({ code }) => code)).toEqual(names.map(() => 'warehouse-resources'));
    for (const { message, hint } of diagnostics) {
      expect(message).toMatch(/could not (extend|write)/);
      expect(hint).toMatch(/disk/);
    }
    expect(events.filter((event) => event.name === 'message' && /again/.test(event.text))).toEqual([]);
    expect(await counts(shop)).toEqual([1, 1]);
    expect(await shop.relations()).toEqual(tables);
    await server.crash();
    await server.restart();
    await succeeds(shop, 'run');
    expect(await counts(shop)).toEqual([250_000, 250_001]);
    expect(await shop.relations()).toEqual(tables);
  });
});
