import { expect, test } from 'vitest';
import type { Session } from '../../../src/adapter/adapter.ts';
import { since } from '../../postgres.ts';
import { failureOf, openSession, openWarehouse, rowsOf, scratchSchema, until } from './warehouse.ts';

const endless = 'select count(*) from generate_series(1, 1000000) a, generate_series(1, 1000000) b';

test('an answer tells columns, rows, and what dbt tells of a statement', async () => {
  const warehouse = await openWarehouse();
  const schema = await scratchSchema(warehouse);
  const session = await warehouse.openSession('test');
  expect(await session.execute("select 1 as a, 'x' as b")).toEqual({
    columns: [
      { name: 'a', kind: 'integer', type: 'integer' },
      { name: 'b', kind: 'text', type: 'text' },
    ],
    rows: [[1, 'x']],
    response: { _message: 'SELECT 1', code: 'SELECT', rows_affected: 1 },
  });
  const created = await session.execute(`create table ${schema}.t (a int)`);
  expect(created.response).toEqual({ _message: 'CREATE TABLE', code: 'CREATE TABLE', rows_affected: -1 });
  const inserted = await session.execute(`insert into ${schema}.t values (1), (2)`);
  expect(inserted.response).toEqual({ _message: 'INSERT 0 2', code: 'INSERT', rows_affected: 2 });
});

test('two statements in one text are refused', async () => {
  const session = await openSession();
  expect(await failureOf(session.execute('select 1; select 2'))).toMatchObject({
    kind: 'syntax',
    code: '42601',
  });
});

test('a transaction is seen by others when it is committed, and not before', async () => {
  const warehouse = await openWarehouse();
  const schema = await scratchSchema(warehouse);
  const [writer, reader] = [await warehouse.openSession('writer'), await warehouse.openSession('reader')];
  await writer.execute(`create table ${schema}.t as select 1 as a`);
  await writer.begin();
  expect(writer.inTransaction).toBe(true);
  await writer.execute(`insert into ${schema}.t values (2)`);
  expect(await rowsOf(reader, `select count(*) from ${schema}.t`)).toEqual([[1]]);
  await writer.commit();
  expect(writer.inTransaction).toBe(false);
  expect(await rowsOf(reader, `select count(*) from ${schema}.t`)).toEqual([[2]]);
});

test('a rollback undoes tables, views and indexes, also after a failed statement', async () => {
  const warehouse = await openWarehouse();
  const schema = await scratchSchema(warehouse);
  const session = await warehouse.openSession('test');
  await session.begin();
  await session.execute(`create table ${schema}.t as select 1 as a`);
  await session.execute(`create index on ${schema}.t (a)`);
  await session.execute(`create view ${schema}.v as select * from ${schema}.t`);
  expect((await failureOf(session.execute('select 1/0'))).kind).toBe('data');
  expect(session.inTransaction).toBe(true);
  await session.rollback();
  expect(session.inTransaction).toBe(false);
  expect(await session.listRelations({ database: null, schema })).toEqual([]);
});

test('the commit of a failed transaction is an error', async () => {
  const session = await openSession();
  await session.begin();
  await failureOf(session.execute('select 1/0'));
  expect((await failureOf(session.commit())).message).toContain('rolled back');
  expect(session.inTransaction).toBe(false);
});

test('transactions that come as SQL text are followed', async () => {
  const session = await openSession();
  await session.execute('/* hook */ start transaction');
  expect(session.inTransaction).toBe(true);
  await session.execute('-- hook\nend');
  expect(session.inTransaction).toBe(false);
});

test('a release rolls back, and what a session set or made is not met by the next one', async () => {
  const warehouse = await openWarehouse();
  const schema = await scratchSchema(warehouse);
  const first = await warehouse.openSession('first');
  const backend = await rowsOf(first, 'select pg_backend_pid()');
  await first.execute("set timezone = 'Asia/Tokyo'");
  await first.execute('create temporary table leftover (a int)');
  await first.fence({ database: null, schema, identifier: 'orders' });
  await first.begin();
  await first.execute(`create table ${schema}.t (a int)`);
  await first.release();
  const second = await warehouse.openSession('second');
  expect(await rowsOf(second, 'select pg_backend_pid()')).toEqual(backend);
  expect(await rowsOf(second, 'show timezone')).not.toEqual([['Asia/Tokyo']]);
  expect((await failureOf(second.execute('select * from leftover'))).kind).toBe('syntax');
  expect(await second.listRelations({ database: null, schema })).toEqual([]);
  const locks = "select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()";
  expect(await rowsOf(second, locks)).toEqual([[0]]);
});

test('the server is told the invocation, the item, the search path, the role and when to give up', async () => {
  const session = await openSession({ search_path: 'pg_catalog, public', role: 'pg_monitor' });
  const setting = async (name: string) => (await rowsOf(session, `show ${name}`))[0]![0];
  expect(await setting('application_name')).toBe('dbt 0123456789ab test');
  expect(await setting('search_path')).toBe('pg_catalog, public');
  expect(await setting('role')).toBe('pg_monitor');
  if (since(14)) expect(await setting('client_connection_check_interval')).toBe('5s');
  expect(await setting('idle_in_transaction_session_timeout')).toBe('10min');
});

test('an abort cancels the statement on the server, and the session goes on', async () => {
  const warehouse = await openWarehouse();
  const [session, watcher] = [await warehouse.openSession('busy'), await warehouse.openSession('watcher')];
  const controller = new AbortController();
  const failed = failureOf(session.execute(endless, { signal: controller.signal }));
  const running =
    "select count(*) from pg_stat_activity where application_name like '% busy' and state = 'active'";
  await until(watcher, running, 1);
  controller.abort();
  expect((await failed).kind).toBe('cancelled');
  await until(watcher, running, 0);
  expect(await rowsOf(session, 'select 1')).toEqual([[1]]);
});

test('many statements are cancelled at once, and no other of the same user', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on('warning', note);
  const [warehouse, other] = [await openWarehouse(), await openWarehouse({ application_name: 'other' })];
  const watcher = await other.openSession('watcher');
  const bystander = await other.openSession('bystander');
  const untouched = bystander.execute('select pg_sleep(0.3)');
  const controller = new AbortController();
  const sessions = await Promise.all(Array.from({ length: 8 }, () => warehouse.openSession('many')));
  const failed = sessions.map((session) =>
    failureOf(session.execute(endless, { signal: controller.signal })),
  );
  await until(
    watcher,
    "select count(*) from pg_stat_activity where application_name like '% many' and state = 'active'",
    8,
  );
  controller.abort();
  for (const failure of await Promise.all(failed)) expect(failure.kind).toBe('cancelled');
  await untouched;
  process.off('warning', note);
  expect(warnings).toEqual([]);
});

test('a release ends what is still running', async () => {
  const warehouse = await openWarehouse();
  const session = await warehouse.openSession('busy');
  const failed = failureOf(session.execute(endless));
  await session.release();
  expect((await failed).kind).toBe('cancelled');
});

/** The query that counts what a session waits for. */
async function waitsOf(session: Session): Promise<string> {
  const [row] = await rowsOf(session, 'select pg_backend_pid()');
  return `select count(*) from pg_locks where not granted and pid = ${row![0]}`;
}

test('a second writer waits for the fence and is told so', async () => {
  const warehouse = await openWarehouse();
  const [first, second] = [await warehouse.openSession('first'), await warehouse.openSession('second')];
  const orders = { database: null, schema: 'public', identifier: 'orders' };
  const held = await first.fence(orders);
  expect(held.waited).toBe(false);
  expect((await second.fence({ ...orders, identifier: 'customers' })).waited).toBe(false);
  const waits = await waitsOf(second);
  const waiting = second.fence(orders);
  await until(first, waits, 1);
  await held.release();
  expect((await waiting).waited).toBe(true);
});

test('waiting for a fence can be given up', async () => {
  const warehouse = await openWarehouse();
  const [first, second] = [await warehouse.openSession('first'), await warehouse.openSession('second')];
  const orders = { database: null, schema: 'public', identifier: 'orders' };
  await first.fence(orders);
  const controller = new AbortController();
  const waits = await waitsOf(second);
  const failed = failureOf(second.fence(orders, { signal: controller.signal }));
  await until(first, waits, 1);
  controller.abort();
  expect((await failed).kind).toBe('cancelled');
});

test('a stream brings every row in order, and one that is left early does not hold the session up', async () => {
  const session = await openSession();
  const all = await session.stream('select i, null from generate_series(1, 50000) g(i)');
  expect(all.columns.map(({ name, kind }) => [name, kind])).toEqual([
    ['i', 'integer'],
    ['?column?', 'text'],
  ]);
  let expected = 0;
  for await (const chunk of all.chunks()) {
    for (const row of chunk) {
      expected += 1;
      expect(row[0]).toBe(expected);
    }
  }
  expect(expected).toBe(50_000);
  const endlessRows = await session.stream('select generate_series(1, 1000000000)');
  for await (const chunk of endlessRows.chunks()) {
    expect(chunk[0]).toEqual([1]);
    break;
  }
  expect(await rowsOf(session, 'select 2')).toEqual([[2]]);
  const empty = await session.stream('select 1 as a where false');
  expect(empty.columns).toEqual([{ name: 'a', kind: 'integer', type: 'integer' }]);
  expect((await failureOf(session.stream('select nothing'))).kind).toBe('syntax');
});

test('a connection that the server ends fails the statement as transient, and the next session gets another', async () => {
  const warehouse = await openWarehouse();
  const [session, killer] = [await warehouse.openSession('victim'), await warehouse.openSession('killer')];
  await session.begin();
  const [[backend]] = (await rowsOf(session, 'select pg_backend_pid()')) as [[number]];
  const failed = failureOf(session.execute(endless));
  await killer.execute(`select pg_terminate_backend(${backend})`);
  expect((await failed).kind).toBe('transient');
  await session.release();
  expect(await rowsOf(await warehouse.openSession('next'), 'select 1')).toEqual([[1]]);
});
