import { expect, test } from 'vitest';
import type { Session } from '../../../src/adapter/adapter.ts';
import { failureOf, openSession, openWarehouse, rowsOf } from './warehouse.ts';

const endless = 'select sum(a.i * b.i) from range(1000000) a(i), range(1000000) b(i)';
const orders = { database: 'memory', schema: 'main', identifier: 'orders' };

test('an answer tells columns, rows, and how many rows a statement changed', async () => {
  const session = await openSession();
  expect(await session.execute("select 1 as a, 'x' as b")).toEqual({
    columns: [
      { name: 'a', kind: 'integer', type: 'INTEGER' },
      { name: 'b', kind: 'text', type: 'VARCHAR' },
    ],
    rows: [[1, 'x']],
    response: { _message: 'OK' },
  });
  await session.execute('create table t as select * from range(3) r(i)');
  expect((await session.execute('delete from t where i > 0')).response).toEqual({
    _message: 'OK',
    rows_affected: 2,
  });
});

test('a transaction is seen by others when it is committed, and not before', async () => {
  const warehouse = await openWarehouse();
  const writer = await warehouse.openSession('writer');
  const reader = await warehouse.openSession('reader');
  await writer.execute('create table t as select 1 as a');
  await writer.begin();
  expect(writer.inTransaction).toBe(true);
  await writer.execute('insert into t values (2)');
  expect(await rowsOf(reader, 'select count(*) from t')).toEqual([[1]]);
  await writer.commit();
  expect(writer.inTransaction).toBe(false);
  expect(await rowsOf(reader, 'select count(*) from t')).toEqual([[2]]);
});

test('a rollback undoes tables, views and indexes', async () => {
  const session = await openSession();
  await session.execute('create table t as select 1 as a');
  await session.begin();
  await session.execute('create or replace table t as select 2 as a');
  await session.execute('create index t_a on t(a)');
  await session.execute('create view v as select * from t');
  await session.rollback();
  expect(await rowsOf(session, 'select a from t')).toEqual([[1]]);
  expect(await rowsOf(session, 'select count(*) from duckdb_indexes()')).toEqual([[0]]);
  expect(await session.findRelation({ ...orders, identifier: 'v' })).toBeNull();
});

test('transactions that come as SQL text are followed', async () => {
  const session = await openSession();
  await session.execute('/* hook */ begin');
  expect(session.inTransaction).toBe(true);
  await session.execute('-- hook\ncommit');
  expect(session.inTransaction).toBe(false);
});

test('a failed commit leaves no transaction and its error is not hidden by the rollback after it', async () => {
  const warehouse = await openWarehouse();
  const [first, second] = [await warehouse.openSession('1'), await warehouse.openSession('2')];
  await first.execute('create table t (id integer primary key)');
  for (const session of [first, second]) {
    await session.begin();
    await session.execute('insert into t values (1)');
  }
  await first.commit();
  const failure = await failureOf(second.commit());
  expect(failure).toMatchObject({ kind: 'data', code: 'TransactionContext' });
  expect(failure.message).toContain('Failed to commit');
  expect(second.inTransaction).toBe(false);
  await second.rollback();
  expect(await rowsOf(second, 'select count(*) from t')).toEqual([[1]]);
});

test('a failed statement leaves the transaction to be rolled back', async () => {
  const session = await openSession();
  await session.begin();
  await session.execute('create table t as select 1 as a');
  expect(await failureOf(session.execute("insert into t values ('x')"))).toMatchObject({ kind: 'data' });
  expect(session.inTransaction).toBe(true);
  await session.rollback();
  expect(await session.findRelation({ ...orders, identifier: 't' })).toBeNull();
});

test('two writers of one table: the second is told of contention', async () => {
  const warehouse = await openWarehouse();
  const [first, second] = [await warehouse.openSession('1'), await warehouse.openSession('2')];
  await first.execute('create table t as select 1 as a');
  for (const session of [first, second]) await session.begin();
  await first.execute('create or replace table t as select 2 as a');
  expect(await failureOf(second.execute('create or replace table t as select 3 as a'))).toMatchObject({
    kind: 'contention',
  });
  await second.rollback();
  await first.rollback();
  for (const session of [first, second]) await session.begin();
  await first.execute('update t set a = 2');
  expect(await failureOf(second.execute('update t set a = 3'))).toMatchObject({ kind: 'contention' });
});

test('a signal cancels the running statement, and the session stays usable', async () => {
  const session = await openSession();
  await session.begin();
  const controller = new AbortController();
  const running = failureOf(session.execute(endless, { signal: controller.signal }));
  setTimeout(() => controller.abort(), 30);
  expect(await running).toMatchObject({ kind: 'cancelled' });
  await session.rollback();
  expect(await rowsOf(session, 'select 1')).toEqual([[1]]);
});

test('a signal that is given in the same moment as the statement still cancels it', async () => {
  const session = await openSession();
  const controller = new AbortController();
  const running = failureOf(session.execute(endless, { signal: controller.signal }));
  controller.abort();
  expect(await running).toMatchObject({ kind: 'cancelled' });
});

test('a signal that was given before sends nothing', async () => {
  const session = await openSession();
  const signal = AbortSignal.abort();
  expect(await failureOf(session.execute('create table t as select 1 as a', { signal }))).toMatchObject({
    kind: 'cancelled',
  });
  expect(await rowsOf(session, 'select count(*) from duckdb_tables()')).toEqual([[0]]);
});

test('cancelling one session leaves another running', async () => {
  const warehouse = await openWarehouse();
  const [first, second] = [await warehouse.openSession('1'), await warehouse.openSession('2')];
  const controller = new AbortController();
  const cancelled = failureOf(first.execute(endless, { signal: controller.signal }));
  const counted = rowsOf(second, 'select count(*) from range(30000000) t(i) where i % 7 = 0');
  setTimeout(() => controller.abort(), 10);
  expect(await cancelled).toMatchObject({ kind: 'cancelled' });
  expect(await counted).toEqual([[4285715]]);
});

test('releasing a session in the middle of a statement ends the statement and its transaction', async () => {
  const warehouse = await openWarehouse();
  const session = await warehouse.openSession('1');
  await session.execute('create table t as select 1 as a');
  await session.begin();
  await session.execute('insert into t values (2)');
  const running = failureOf(session.execute(endless));
  await session.release();
  expect(await running).toMatchObject({ kind: 'cancelled' });
  expect(await rowsOf(await warehouse.openSession('2'), 'select count(*) from t')).toEqual([[1]]);
});

test('a session leaves no temporary table and no setting to the next', async () => {
  const warehouse = await openWarehouse();
  const first = await warehouse.openSession('1');
  await first.execute('create temporary table t as select 1 as a');
  await first.execute("set search_path = 'information_schema'");
  await first.release();
  const second = await warehouse.openSession('2');
  expect(await rowsOf(second, 'select current_schema(), (select count(*) from duckdb_tables())')).toEqual([
    ['main', 0],
  ]);
});

test('a session is of no use after its release', async () => {
  const session = await openSession();
  await session.release();
  await session.release();
  await expect(session.execute('select 1')).rejects.toThrow('after its release');
});

test('a stream gives every row in chunks', async () => {
  const session = await openSession();
  const { columns, chunks } = await session.stream('select i from range(10000) t(i)');
  expect(columns).toEqual([{ name: 'i', kind: 'integer', type: 'BIGINT' }]);
  const seen: unknown[] = [];
  let count = 0;
  for await (const rows of chunks()) {
    count += 1;
    seen.push(...rows.map(([value]) => value));
  }
  expect(seen).toEqual(Array.from({ length: 10000 }, (_, index) => index));
  expect(count).toBeGreaterThan(1);
});

test('a stream that another statement cut short does not look complete', async () => {
  const session = await openSession();
  const stream = await session.stream('select i from range(100000) t(i)');
  const chunks = stream.chunks()[Symbol.asyncIterator]();
  await chunks.next();
  await session.execute('select 1');
  await expect(chunks.next()).rejects.toThrow('after another statement');
});

test('a failure in the middle of a stream is a failure of its statement', async () => {
  const session = await openSession();
  const read = async () => {
    const { chunks } = await session.stream(
      "select case when i = 90000 then 'x' else '1' end::int from range(100000) t(i)",
    );
    for await (const _ of chunks());
  };
  expect(await failureOf(read())).toMatchObject({ kind: 'data', code: 'Conversion' });
});

test('a fence admits one session after another, in order, and tells who waited', async () => {
  const warehouse = await openWarehouse();
  const sessions = await Promise.all(['1', '2', '3'].map((label) => warehouse.openSession(label)));
  const order: string[] = [];
  const enter = async (session: Session) => {
    const fence = await session.fence(orders);
    order.push(`${session.label} ${fence.waited ? 'waited' : 'first'}`);
    await rowsOf(session, 'select 1');
    order.push(`${session.label} leaves`);
    await fence.release();
    await fence.release();
  };
  await Promise.all(sessions.map(enter));
  expect(order).toEqual(['1 first', '1 leaves', '2 waited', '2 leaves', '3 waited', '3 leaves']);
});

test('fences of one name written in two cases are one, of two names two', async () => {
  const warehouse = await openWarehouse();
  const [first, second] = [await warehouse.openSession('1'), await warehouse.openSession('2')];
  const held = await first.fence(orders);
  expect((await second.fence({ ...orders, identifier: 'other' })).waited).toBe(false);
  let admitted = false;
  const waiting = second.fence({ ...orders, identifier: 'ORDERS' }).then((fence) => {
    admitted = true;
    return fence;
  });
  await rowsOf(first, 'select 1');
  expect(admitted).toBe(false);
  await held.release();
  expect((await waiting).waited).toBe(true);
});

test('who gives up waiting at a fence leaves the queue', async () => {
  const warehouse = await openWarehouse();
  const sessions = await Promise.all(['1', '2', '3'].map((label) => warehouse.openSession(label)));
  const held = await sessions[0]!.fence(orders);
  const controller = new AbortController();
  const second = failureOf(sessions[1]!.fence(orders, { signal: controller.signal }));
  const third = sessions[2]!.fence(orders);
  controller.abort();
  expect(await second).toMatchObject({ kind: 'cancelled' });
  await held.release();
  expect((await third).waited).toBe(true);
});
