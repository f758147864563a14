import { expect, test } from 'vitest';
import { engineError, exceptionName } from '../../../adapters/duckdb/failures.ts';
import { retryable } from '../../../src/adapter/failure.ts';
import { failureOf, openSession } from './warehouse.ts';

test.each([
  ['selec 1', 'syntax', 'selec', 'Parser Error: syntax error at or near "selec"'],
  ['select 1 from (select 1', 'syntax', '', 'Parser Error: syntax error at end of input'],
  ['select * from nowhere', 'syntax', 'nowhere', 'Catalog Error: Table with name nowhere does not exist!'],
  [
    "select 'über', '日本💧',\n  missing from (select 1 as a)",
    'syntax',
    'missing',
    'Binder Error: Referenced column "missing" not found in FROM clause!',
  ],
  [
    `select ${'1, '.repeat(300)} missing from (select 1 as a)`,
    'syntax',
    'missing',
    'Binder Error: Referenced column "missing" not found in FROM clause!',
  ],
  ["select 'x'::int", 'data', '::int', "Conversion Error: Could not convert string 'x' to INT32"],
  [
    'select 2147483647::int + 1::int',
    'data',
    null,
    'Out of Range Error: Overflow in addition of INT32 (2147483647 + 1)!',
  ],
  ["select error('no such luck')", 'data', null, 'Invalid Input Error: no such luck'],
  [
    'insert into keyed values (1), (1)',
    'data',
    null,
    'Constraint Error: PRIMARY KEY or UNIQUE constraint violation: duplicate key "1"',
  ],
  [
    "select * from read_csv('nowhere.csv')",
    'syntax',
    "read_csv('",
    'IO Error: No files found that match the pattern "nowhere.csv"',
  ],
  ['commit', 'unknown', null, 'TransactionContext Error: cannot commit - no transaction is active'],
] as const)('%j is told with its kind, place and first line', async (sql, kind, at, message) => {
  const session = await openSession();
  await session.execute('create table keyed (id integer primary key)');
  const failure = await failureOf(session.execute(sql));
  expect(failure).toMatchObject({
    kind,
    message,
    position: at === null ? null : at === '' ? sql.length : sql.lastIndexOf(at),
  });
  expect(retryable(failure)).toBe(false);
});

test('what DuckDB says after its first line is the detail', async () => {
  const session = await openSession();
  await session.execute('create table orders as select 1 as a');
  expect((await failureOf(session.execute('select * from order_s'))).detail).toBe('Did you mean "orders"?');
});

test('a mistake inside a view points nowhere in the statement that reads it', async () => {
  const session = await openSession();
  await session.execute('create table t as select 1 as a');
  await session.execute('create view v as select a from t');
  await session.execute('drop table t');
  const failure = await failureOf(session.execute('select count(*), sum(1), max(2), min(3) from v'));
  expect(failure).toMatchObject({ kind: 'syntax', position: null });
});

test('errors that come as text are read, and lose the frame drawn under them', () => {
  const text =
    'Catalog Error: Table with name x does not exist!\nDid you mean "y"?\n\nLINE 1: from x\n             ^';
  expect(engineError(new Error(text))).toEqual({
    type: 'Catalog',
    message: 'Table with name x does not exist!\nDid you mean "y"?',
    position: null,
    name: null,
  });
  expect(engineError(new Error('Failed to set config'))).toMatchObject({
    type: '',
    message: 'Failed to set config',
  });
});

test('exceptions are called as the Python client calls them', () => {
  expect(['IO', 'HTTP', 'Out of Range', 'Not implemented', 'TransactionContext'].map(exceptionName)).toEqual([
    'IOException',
    'HTTPException',
    'OutOfRangeException',
    'NotImplementedException',
    'TransactionException',
  ]);
});
