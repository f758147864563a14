import { expect, test } from 'vitest';
import { recipes } from '../../../adapters/duckdb/recipes.ts';
import type { Session } from '../../../src/adapter/adapter.ts';
import { failureOf, openSession, openWarehouse, rowsOf, scratchFolder } from './warehouse.ts';

/** What the blocks send, as the built-in macros print it. */
const createTable = (sql: string) => `create or replace table "t" as (\n${sql}\n)`;
const createTemporary = (sql: string) => `create or replace temporary table "t__tmp" as (\n${sql}\n)`;

async function block(session: Session, ...statements: readonly string[]): Promise<void> {
  await session.begin();
  try {
    for (const sql of statements) await session.execute(sql);
    await session.commit();
  } catch (error) {
    await session.rollback();
    throw error;
  }
}

test('every recipe is one block', () => {
  for (const blocks of Object.values(recipes)) expect(blocks).toHaveLength(1);
});

test('a table may read itself while it is replaced', async () => {
  const session = await openSession();
  await block(session, createTable('select 1 as a'));
  await block(session, createTable('select a + 1 as a from t'));
  expect(await rowsOf(session, 'from t')).toEqual([[2]]);
});

test('an indexed table is replaced, and its index is made anew', async () => {
  const session = await openSession();
  for (const value of [1, 2]) {
    await block(session, createTable(`select ${value} as a`), 'create index t_a on t(a)');
  }
  expect(await rowsOf(session, 'select a, (select count(*) from duckdb_indexes()) from t')).toEqual([[2, 1]]);
});

test('a view becomes a table, and a table a view, in one block', async () => {
  const session = await openSession();
  const name = { database: 'memory', schema: 'main', identifier: 't' };
  await block(session, 'create or replace view t as (select 1 as a)');
  await block(session, 'drop view if exists t cascade', createTable('select 2 as a'));
  expect((await session.findRelation(name))?.type).toBe('table');
  await block(session, 'drop table if exists t cascade', 'create or replace view t as (select 3 as a)');
  expect((await session.findRelation(name))?.type).toBe('view');
});

test('a failure in any step leaves what was there, its indexes and type included', async () => {
  const session = await openSession();
  await block(session, createTable('select 1 as a'), 'create index t_a on t(a)');
  await block(session, 'create view v as select * from t');
  const failing = "select 'x'::int as a";
  await failureOf(block(session, createTable(failing)));
  await failureOf(block(session, createTable('select 2 as a'), 'create index t_a on t(missing)'));
  await failureOf(block(session, 'drop view if exists v cascade', `create table v as (${failing})`));
  await failureOf(
    block(session, 'drop table if exists t cascade', 'create table t (a int)', "copy t from 'nowhere.csv'"),
  );
  await failureOf(
    block(session, createTemporary('select 1 as a'), 'delete from t', `insert into t ${failing}`),
  );
  const sql =
    'select a, (select count(*) from duckdb_indexes()), (select count(*) from duckdb_tables()) from v';
  expect(await rowsOf(session, sql)).toEqual([[1, 1, 1]]);
});

test('delete and insert replace rows by key, through a temporary table that is gone after', async () => {
  const session = await openSession();
  await block(
    session,
    'create table t (id integer primary key, v text)',
    "insert into t values (1, 'a'), (2, 'b')",
  );
  await block(
    session,
    createTemporary("select 2 as id, 'B' as v union all select 3, 'c'"),
    'alter table t add column extra integer',
    'delete from t as d where exists (select 1 from t__tmp as s where s.id = d.id)',
    'insert into t (id, v) select id, v from t__tmp',
    'drop table if exists t__tmp',
  );
  expect(await rowsOf(session, 'from t order by id')).toEqual([
    [1, 'a', null],
    [2, 'B', null],
    [3, 'c', null],
  ]);
  expect(await rowsOf(session, 'select count(*) from duckdb_tables()')).toEqual([[1]]);
});

test('views beside a replaced table read the new one, and survive its drop', async () => {
  const session = await openSession();
  await block(session, createTable('select 1 as a'));
  await block(session, 'create view v as select a from t');
  await block(session, createTable('select 2 as a'));
  expect(await rowsOf(session, 'from v')).toEqual([[2]]);
  await block(session, 'drop table if exists t cascade', 'create table t as select 3 as a');
  expect(await rowsOf(session, 'from v')).toEqual([[3]]);
});

test('a reader never sees a missing, empty or half-built table while it is replaced', async () => {
  const warehouse = await openWarehouse({ path: 'shop.duckdb' }, { folder: scratchFolder() });
  const [writer, reader] = [await warehouse.openSession('writer'), await warehouse.openSession('reader')];
  const rows = 20_000;
  const build = (version: number) => createTable(`select ${version} as v, i from range(${rows}) r(i)`);
  await block(writer, build(0));
  let writing = true;
  const write = async () => {
    for (let version = 1; version <= 30; version += 1) {
      if (version % 3 === 0) {
        await block(
          writer,
          'drop table if exists t cascade',
          'create table t (v int, i bigint)',
          `insert into t select ${version}, i from range(${rows}) r(i)`,
        );
      } else if (version % 3 === 1) {
        await block(writer, build(version), 'create index t_i on t(i)');
      } else {
        await block(
          writer,
          createTemporary(`select ${version} as v, i from range(${rows}) r(i)`),
          'delete from t',
          'insert into t from t__tmp',
          'drop table t__tmp',
        );
      }
    }
    writing = false;
  };
  const seen = new Set<string>();
  const read = async () => {
    while (writing) {
      const [[count, versions]] = (await rowsOf(reader, 'select count(*), count(distinct v) from t')) as [
        [number, number],
      ];
      seen.add(`${count} rows of ${versions} version`);
    }
  };
  await Promise.all([write(), read()]);
  expect([...seen]).toEqual([`${rows} rows of 1 version`]);
});
