import { expect, test } from 'vitest';
import { failureOf, openWarehouse, scratchSchema } from './warehouse.ts';

test('every kind of relation is listed, in its own case', async () => {
  const warehouse = await openWarehouse();
  const schema = await scratchSchema(warehouse);
  const session = await warehouse.openSession('test');
  await session.execute(`create table ${schema}."Orders" (a int)`);
  await session.execute(`create table ${schema}.parts (a int) partition by range (a)`);
  await session.execute(`create view ${schema}.v as select 1 as a`);
  await session.execute(`create materialized view ${schema}.m as select 1 as a`);
  await session.execute(`create index i on ${schema}."Orders" (a)`);
  await session.execute(`create function ${schema}.v() returns int language sql as 'select 1'`);
  const relations = await session.listRelations({ database: null, schema });
  expect(relations.map(({ identifier, type }) => [identifier, type])).toEqual([
    ['Orders', 'table'],
    ['m', 'materialized_view'],
    ['parts', 'table'],
    ['v', 'view'],
  ]);
  expect(await session.listRelations({ database: null, schema: 'nowhere' })).toEqual([]);
  expect(await session.listSchemas(null)).toEqual(expect.arrayContaining(['information_schema', schema]));
});

test('a relation is described with types and sizes, and without what was dropped from it', async () => {
  const warehouse = await openWarehouse();
  const schema = await scratchSchema(warehouse);
  const session = await warehouse.openSession('test');
  await session.execute(
    `create table ${schema}.t (a int, gone int, "B" varchar(20), c numeric(10,2), d text, e numeric)`,
  );
  await session.execute(`alter table ${schema}.t drop column gone`);
  const name = { database: null, schema, identifier: 't' };
  expect(await session.findRelation(name)).toEqual({ ...name, database: 'postgres', type: 'table' });
  const columns = [
    { name: 'a', type: 'integer', characterLength: null, numericPrecision: 32, numericScale: 0 },
    {
      name: 'B',
      type: 'character varying(20)',
      characterLength: 20,
      numericPrecision: null,
      numericScale: null,
    },
    { name: 'c', type: 'numeric(10,2)', characterLength: null, numericPrecision: 10, numericScale: 2 },
    { name: 'd', type: 'text', characterLength: null, numericPrecision: null, numericScale: null },
    { name: 'e', type: 'numeric', characterLength: null, numericPrecision: null, numericScale: null },
  ];
  expect(await session.columnsOf(name)).toEqual(columns);
  expect(await session.describeQuery(`select * from ${schema}.t -- all`)).toEqual(columns);
  expect(await session.findRelation({ ...name, identifier: 'T' })).toBeNull();
  expect(await session.columnsOf({ ...name, identifier: 'T' })).toBeNull();
});

test('a table without columns exists, and a temporary one is found by its name alone', async () => {
  const warehouse = await openWarehouse();
  const schema = await scratchSchema(warehouse);
  const session = await warehouse.openSession('test');
  await session.execute(`create table ${schema}.bare ()`);
  expect(await session.columnsOf({ database: null, schema, identifier: 'bare' })).toEqual([]);
  await session.execute('create temporary table passing (a int)');
  const name = { database: null, schema: null, identifier: 'passing' };
  expect((await session.columnsOf(name))!.map((column) => column.name)).toEqual(['a']);
  expect((await session.findRelation(name))!.schema).toMatch(/^pg_temp/);
});

test('another database is told apart from an empty one', async () => {
  const warehouse = await openWarehouse();
  const session = await warehouse.openSession('test');
  const failure = await failureOf(session.listRelations({ database: 'elsewhere', schema: 'public' }));
  expect(failure.kind).toBe('configuration');
});
