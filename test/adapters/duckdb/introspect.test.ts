import { expect, test } from 'vitest';
import { failureOf, openSession } from './warehouse.ts';

const main = { database: 'memory', schema: 'main' };
const column = (name: string, type: string) => ({
  name,
  type,
  characterLength: null,
  numericPrecision: null,
  numericScale: null,
});

test('a schema lists its tables and views, in their own case, and nothing temporary', async () => {
  const session = await openSession();
  await session.execute('create table "My Table" as select 1 as a');
  await session.execute('create view v as select 1 as a');
  await session.execute('create temporary table t as select 1 as a');
  await session.execute('create schema other');
  await session.execute('create table other.elsewhere as select 1 as a');
  expect(await session.listRelations({ database: 'MEMORY', schema: 'Main' })).toEqual([
    { ...main, identifier: 'My Table', type: 'table' },
    { ...main, identifier: 'v', type: 'view' },
  ]);
  expect(await session.listRelations({ database: null, schema: 'other' })).toHaveLength(1);
  expect(await session.listRelations({ ...main, schema: 'nowhere' })).toEqual([]);
});

test('schemas are listed by database', async () => {
  const session = await openSession({ attach: [{ path: ':memory:', alias: 'lake' }] });
  await session.execute('create schema lake.raw');
  expect([...(await session.listSchemas('LAKE'))].sort()).toEqual(['main', 'raw']);
  expect(await session.listSchemas(null)).toContain('main');
  expect(await session.listSchemas('nowhere')).toEqual([]);
});

test('a table is described with its columns in order and types in full', async () => {
  const session = await openSession();
  await session.execute(
    `create table t (id integer primary key, amount decimal(18,3), "Full Name" varchar, tags varchar[], "at" timestamptz, s struct(a int))`,
  );
  const name = { ...main, identifier: 'T' };
  expect(await session.findRelation(name)).toEqual({ ...name, type: 'table' });
  expect(await session.columnsOf(name)).toEqual([
    column('id', 'INTEGER'),
    column('amount', 'DECIMAL(18,3)'),
    column('Full Name', 'VARCHAR'),
    column('tags', 'VARCHAR[]'),
    column('at', 'TIMESTAMP WITH TIME ZONE'),
    column('s', 'STRUCT(a INTEGER)'),
  ]);
});

test('a view is a view, even with a column named rowid', async () => {
  const session = await openSession();
  await session.execute('create view v as select 1 as a');
  await session.execute('create view w as select 1 as rowid');
  await session.execute('create table u as select 1 as rowid');
  const typeOf = async (identifier: string) => (await session.findRelation({ ...main, identifier }))?.type;
  expect([await typeOf('v'), await typeOf('w'), await typeOf('u')]).toEqual(['view', 'view', 'table']);
});

test('what does not exist is null, whichever part of its name is missing', async () => {
  const session = await openSession();
  const identifier = 'nothing';
  for (const name of [
    { ...main, identifier },
    { ...main, schema: 'nowhere', identifier },
    { database: 'nowhere', schema: 'main', identifier },
  ]) {
    expect(await session.findRelation(name)).toBeNull();
    expect(await session.columnsOf(name)).toBeNull();
  }
});

test('a view whose table is gone exists', async () => {
  const session = await openSession();
  await session.execute('create table t as select 1 as a');
  await session.execute('create view v as select a from t');
  await session.execute('drop table t');
  const name = { ...main, identifier: 'v' };
  expect(await session.findRelation(name)).toEqual({ ...name, type: 'view' });
  expect(await session.columnsOf(name)).toEqual([column('a', 'INTEGER')]);
});

test('describing looks, and touches nothing', async () => {
  const session = await openSession();
  await session.execute('create table t as select 1 as a');
  await session.execute("comment on table t is 'kept'");
  await session.begin();
  for (const identifier of ['t', 'nothing']) {
    await session.findRelation({ ...main, identifier });
    await session.columnsOf({ ...main, identifier });
  }
  await session.execute('insert into t values (2)');
  await session.commit();
  expect((await session.execute("select comment from duckdb_tables() where table_name = 't'")).rows).toEqual([
    ['kept'],
  ]);
});

test('a temporary table of the session is described by its bare name', async () => {
  const session = await openSession();
  await session.execute('create temporary table t as select 1 as a');
  const name = { database: null, schema: null, identifier: 't' };
  expect(await session.findRelation(name)).toEqual({ ...name, type: 'table' });
  expect(await session.columnsOf(name)).toEqual([column('a', 'INTEGER')]);
});

test('a query tells its columns without running', async () => {
  const session = await openSession();
  const sql =
    "-- head\nwith x as (select 1 as a, 'b' as b) select *, 1.5 as c from x where error('ran') -- tail";
  expect(await session.describeQuery(sql)).toEqual([
    column('a', 'INTEGER'),
    column('b', 'VARCHAR'),
    column('c', 'DECIMAL(2,1)'),
  ]);
});

test('a mistake in a described query is placed in the query', async () => {
  const session = await openSession();
  const sql = 'select 1 as a, missing from (select 2 as b)';
  expect(await failureOf(session.describeQuery(sql))).toMatchObject({
    kind: 'syntax',
    position: sql.indexOf('missing'),
  });
});
