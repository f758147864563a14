import { expect, test } from 'vitest';
import { duckdbFacts } from '../../../adapters/duckdb/facts.ts';
import { quoteIdentifier } from '../../../src/adapter/names.ts';
import { splitStatements } from '../../../src/adapter/sql-tokenizer.ts';
import { failureOf, openSession, rowsOf } from './warehouse.ts';

test.each([
  ['select 1 /* a /* ; */ ; */ as x', 1],
  ["select E'\\';' as x", "';"],
  ["select '\\' as x", '\\'],
  ["select 'it''s;' as x", "it's;"],
  ['select $$;$$ as x', ';'],
  ['select $tag$ $$ ; $tag$ as x', ' $$ ; '],
  ['select 1 as ";""x"', 1],
  ["select -- ;'\n 1 as x", 1],
])('%j is one statement to us and to DuckDB', async (sql, value) => {
  const statements = splitStatements(`${sql};`, duckdbFacts.syntax);
  expect(statements).toHaveLength(1);
  expect(await rowsOf(await openSession(), statements[0]!.text)).toEqual([[value]]);
});

test('names are as long as one likes, keep their case, and are one whatever their case', async () => {
  const session = await openSession();
  const name = `Ж"${'x'.repeat(1000)}`;
  await session.execute(`create table ${quoteIdentifier(duckdbFacts, name)} as select 1 as a`);
  expect(await session.listRelations({ database: null, schema: 'main' })).toMatchObject([
    { identifier: name },
  ]);
  const upper = quoteIdentifier(duckdbFacts, name.toUpperCase());
  expect(await failureOf(session.execute(`create table ${upper} as select 1 as a`))).toMatchObject({
    kind: 'syntax',
  });
});

test('every kind of constraint that is declared enforced is enforced', async () => {
  const session = await openSession();
  await session.execute('create table parent (id integer primary key)');
  await session.execute(
    'create table child (a integer not null, b integer check (b > 0), c integer unique, d integer references parent(id))',
  );
  await session.execute('insert into child values (1, 1, 1, null)');
  for (const values of ['null, 1, 2, null', '1, 0, 2, null', '1, 1, 1, null', '1, 1, 2, 5']) {
    expect((await failureOf(session.execute(`insert into child values (${values})`))).kind).toBe('data');
  }
});

test('seed columns and translated types are types that DuckDB knows', async () => {
  const session = await openSession();
  for (const type of [...Object.values(duckdbFacts.seedTypes), ...Object.values(duckdbFacts.typeLabels)]) {
    expect(await rowsOf(session, `select null::${type}`)).toEqual([[null]]);
  }
});
