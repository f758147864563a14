import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, readSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { failureOf, openWarehouse, rowsOf, scratchFolder } from './warehouse.ts';

/** Another process that holds the file open until it is killed. */
async function holdOpen(path: string, mode = 'READ_WRITE'): Promise<ChildProcess> {
  const program = `
    const { DuckDBInstance } = require('@duckdb/node-api');
    DuckDBInstance.create(process.argv[1], { access_mode: process.argv[2] }).then(async (instance) => {
      globalThis.held = [instance, await instance.connect()];
      console.log('held');
      setInterval(() => undefined, 1000);
    });`;
  const child = spawn(process.execPath, ['-e', program, path, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout!.once('data', resolve));
  return child;
}

/** DuckDB's checksum of a block: of its whole 64-bit words, which its headers consist of. */
function checksum(block: Buffer): bigint {
  let sum = 5381n;
  for (let at = 0; at < block.length; at += 8) {
    sum ^= BigInt.asUintN(64, block.readBigUInt64LE(at) * 0xbf58476d1ce4e5b9n);
  }
  return sum;
}

test('what was written is there when the file is opened again', async () => {
  const folder = scratchFolder();
  const first = await openWarehouse({ path: 'shop.duckdb' }, { folder });
  await (await first.openSession('1')).execute('create table t as select 1 as a');
  await first.close();
  const second = await openWarehouse({ path: 'shop.duckdb' }, { folder });
  expect(await rowsOf(await second.openSession('2'), 'select current_database(), a from t')).toEqual([
    ['shop', 1],
  ]);
});

test.each(['READ_WRITE', 'READ_ONLY'])(
  'a file that another process holds (%s) is locked, the holder is named, and the file stays as it is',
  async (mode) => {
    const path = join(scratchFolder(), 'held.duckdb');
    await (await openWarehouse({ path })).close();
    const before = readFileSync(path);
    const child = await holdOpen(path, mode);
    try {
      const failure = await failureOf(openWarehouse({ path }));
      expect(failure).toMatchObject({ kind: 'locked', code: 'IO' });
      expect(failure.hint).toContain(`process ${child.pid} (`);
      expect(readFileSync(path).equals(before)).toBe(true);
    } finally {
      child.kill('SIGKILL');
    }
  },
);

test('a file that another process holds is waited for as often as the profile says', async () => {
  const path = join(scratchFolder(), 'held.duckdb');
  const child = await holdOpen(path);
  setTimeout(() => child.kill('SIGKILL'), 200);
  const warehouse = await openWarehouse({ path, retries: { connect_attempts: 5 } });
  expect(await rowsOf(await warehouse.openSession('1'), 'select 1')).toEqual([[1]]);
});

test('a file that is no database is left alone', async () => {
  const path = join(scratchFolder(), 'notes.duckdb');
  const text = 'not a database '.repeat(1000);
  writeFileSync(path, text);
  expect(await failureOf(openWarehouse({ path }))).toMatchObject({
    kind: 'configuration',
    hint: expect.stringContaining("choose another 'path'"),
  });
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test('a file of a newer DuckDB is told from a broken one', async () => {
  const folder = scratchFolder();
  const path = join(folder, 'newer.duckdb');
  await (await openWarehouse({ path })).close();
  const file = readFileSync(path);
  file.writeBigUInt64LE(9999n, 12);
  const broken = join(folder, 'broken.duckdb');
  writeFileSync(broken, file);
  expect((await failureOf(openWarehouse({ path: broken }))).hint).toContain('restore the file');
  file.writeBigUInt64LE(checksum(file.subarray(8, 4096)), 0);
  writeFileSync(path, file);
  expect(await failureOf(openWarehouse({ path }))).toMatchObject({
    kind: 'configuration',
    hint: expect.stringContaining('another version of DuckDB'),
  });
});

test('a folder that is missing, or a path that is a folder, is the profile’s mistake', async () => {
  const folder = scratchFolder();
  expect(await failureOf(openWarehouse({ path: join(folder, 'no', 'shop.duckdb') }))).toMatchObject({
    kind: 'configuration',
    hint: 'the folder of the file must exist',
  });
  mkdirSync(join(folder, 'shop.duckdb'));
  expect(await failureOf(openWarehouse({ path: join(folder, 'shop.duckdb') }))).toMatchObject({
    kind: 'configuration',
  });
});

test('two warehouses of one file in one process share it, by whatever path', async () => {
  const folder = scratchFolder();
  const path = join(folder, 'shop.duckdb');
  const first = await openWarehouse({ path });
  symlinkSync(folder, join(folder, 'link'));
  const second = await openWarehouse({ path: join(folder, 'link', 'shop.duckdb') });
  const [one, two] = [await first.openSession('1'), await second.openSession('2')];
  await one.execute('create table t as select 1 as a');
  expect(await rowsOf(two, 'select a from t')).toEqual([[1]]);
  const destination = { database: 'shop', schema: 'main', identifier: 't' };
  const held = await one.fence(destination);
  const waiting = two.fence(destination);
  await held.release();
  expect((await waiting).waited).toBe(true);
  await first.close();
  expect(await rowsOf(two, 'select a from t')).toEqual([[1]]);
});

test('reading makes no file, and an empty database stands in for one that is missing', async () => {
  const folder = scratchFolder();
  const warehouse = await openWarehouse({ path: 'shop.duckdb' }, { folder, readOnly: true });
  const session = await warehouse.openSession('1');
  expect(await session.listRelations({ database: 'shop', schema: 'main' })).toEqual([]);
  expect(await rowsOf(session, 'select current_database()')).toEqual([['shop']]);
  expect(await rowsOf(await warehouse.openSession('2'), 'select current_database()')).toEqual([['shop']]);
  expect(existsSync(join(folder, 'shop.duckdb'))).toBe(false);
});

test('a file that is opened for reading is not written', async () => {
  const path = join(scratchFolder(), 'shop.duckdb');
  const writer = await openWarehouse({ path });
  await (await writer.openSession('1')).execute('create table t as select 1 as a');
  await writer.close();
  const reader = await openWarehouse({ path }, { readOnly: true });
  const session = await reader.openSession('2');
  expect(await rowsOf(session, 'select a from t')).toEqual([[1]]);
  expect(await session.findRelation({ database: 'shop', schema: 'main', identifier: 't' })).not.toBeNull();
  expect(await failureOf(session.execute('insert into t values (2)'))).toMatchObject({ kind: 'permission' });
});

test('settings hold on every connection, and options when the database is opened', async () => {
  const warehouse = await openWarehouse({
    settings: { TimeZone: 'Asia/Kolkata', preserve_insertion_order: false },
    config_options: { threads: 1 },
  });
  for (const label of ['1', '2']) {
    const session = await warehouse.openSession(label);
    const sql = `select current_setting('TimeZone'), current_setting('preserve_insertion_order'), current_setting('threads')`;
    expect(await rowsOf(session, sql)).toEqual([['Asia/Kolkata', false, 1]]);
  }
});

test('a setting or option that DuckDB does not know is the profile’s mistake', async () => {
  expect(await failureOf(openWarehouse({ settings: { time_zone: 'UTC' } }))).toMatchObject({
    kind: 'configuration',
    message: 'Catalog Error: unrecognized configuration parameter "time_zone"',
  });
  expect(await failureOf(openWarehouse({ config_options: { thread: 1 } }))).toMatchObject({
    kind: 'configuration',
  });
});

test('extensions that come with DuckDB load without a network', async () => {
  const warehouse = await openWarehouse({ extensions: ['json', 'icu', 'parquet'] });
  const session = await warehouse.openSession('1');
  expect(await rowsOf(session, `select json_extract('{"a": 1}', '$.a')::int`)).toEqual([[1]]);
});

test('databases are attached by path or alias, with their options', async () => {
  const folder = scratchFolder();
  await (await openWarehouse({ path: 'raw.duckdb' }, { folder })).close();
  const warehouse = await openWarehouse(
    {
      attach: [
        { path: 'raw.duckdb', read_only: true },
        { path: ':memory:', alias: 'other', options: { block_size: 16384 } },
      ],
    },
    { folder },
  );
  const session = await warehouse.openSession('1');
  const sql = `select database_name, readonly from duckdb_databases() where not internal order by 1`;
  expect(await rowsOf(session, sql)).toEqual([
    ['memory', false],
    ['other', false],
    ['raw', true],
  ]);
});

test('an attached file that is missing is named', async () => {
  const folder = scratchFolder();
  const failure = await failureOf(openWarehouse({ attach: [{ path: 'no/raw.duckdb' }] }, { folder }));
  expect(failure).toMatchObject({ kind: 'configuration' });
  expect(failure.message).toContain(join(folder, 'no/raw.duckdb'));
});

test('a closed warehouse lets the file go', async () => {
  const path = join(scratchFolder(), 'shop.duckdb');
  const warehouse = await openWarehouse({ path });
  await warehouse.openSession('1');
  await warehouse.close();
  const child = await holdOpen(path);
  child.kill('SIGKILL');
  const magic = Buffer.alloc(4);
  readSync(openSync(path, 'r'), magic, 0, 4, 8);
  expect(magic.toString()).toBe('DUCK');
});
