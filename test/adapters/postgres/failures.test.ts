import { expect, test } from 'vitest';
import type { FailureKind } from '../../../src/adapter/failure.ts';
import { failureOf, openSession, openWarehouse, scratchSchema, until } from './warehouse.ts';

test.each<[string, FailureKind, string]>([
  ['selec 1', 'syntax', '42601'],
  ['select * from nowhere', 'syntax', '42P01'],
  ['select * from nowhere.t', 'syntax', '42P01'],
  ["select 'x'::int", 'data', '22P02'],
  ['select 1/0', 'data', '22012'],
  ['select (select 1 union all select 2)', 'data', '21000'],
  ['select * from pg_authid, pg_sleep(0)', 'permission', '42501'],
])('%s', async (sql, kind, code) => {
  const session = await openSession({ role: 'pg_monitor' });
  expect(await failureOf(session.execute(sql))).toMatchObject({ kind, code });
});

test('a position counts in the text as it was given, and hints and details are kept', async () => {
  const session = await openSession();
  const sql = "select '😀😀' as a, lenght('x')";
  const failure = await failureOf(session.execute(sql));
  expect(sql.slice(failure.position!)).toBe("lenght('x')");
  expect(failure.message).toBe('function lenght(unknown) does not exist');
  expect(failure.hint ?? failure.detail).toContain('No function');
  const query = 'select a from missing';
  const described = await failureOf(session.describeQuery(query));
  expect(query.slice(described.position!)).toBe('missing');
});

test('a broken constraint is named with its values', async () => {
  const warehouse = await openWarehouse();
  const schema = await scratchSchema(warehouse);
  const session = await warehouse.openSession('test');
  await session.execute(`create table ${schema}.t (a int unique, b int not null check (b > 0))`);
  await session.execute(`insert into ${schema}.t values (1, 1)`);
  const failure = await failureOf(session.execute(`insert into ${schema}.t values (1, 1)`));
  expect(failure).toMatchObject({ kind: 'data', code: '23505', detail: 'Key (a)=(1) already exists.' });
  for (const values of ['2, null', '2, 0']) {
    expect((await failureOf(session.execute(`insert into ${schema}.t values (${values})`))).kind).toBe(
      'data',
    );
  }
});

test('timeouts, lock timeouts and deadlocks are told apart', async () => {
  const warehouse = await openWarehouse();
  const schema = await scratchSchema(warehouse);
  const [first, second] = [await warehouse.openSession('first'), await warehouse.openSession('second')];
  await first.execute("set statement_timeout = '50ms'");
  expect((await failureOf(first.execute('select pg_sleep(60)'))).kind).toBe('timeout');
  await first.execute('reset statement_timeout');
  await first.execute(`create table ${schema}.a as select 1 as x`);
  await first.execute(`create table ${schema}.b as select 1 as x`);
  await first.begin();
  await second.begin();
  await first.execute(`lock table ${schema}.a`);
  await second.execute(`lock table ${schema}.b`);
  const waiting = first.execute(`lock table ${schema}.b`).then(
    () => null,
    (error: unknown) => error,
  );
  const watcher = await warehouse.openSession('watcher');
  await until(watcher, 'select count(*) from pg_locks where not granted', 1);
  const failed = await Promise.race([failureOf(second.execute(`lock table ${schema}.a`)), waiting]);
  expect(failed).not.toBeNull();
  await second.rollback();
  await first.rollback();
  await second.begin();
  await second.execute(`lock table ${schema}.a`);
  await first.execute("set lock_timeout = '50ms'");
  expect(await failureOf(first.execute(`select * from ${schema}.a`))).toMatchObject({
    kind: 'contention',
    code: '55P03',
  });
  await second.rollback();
});

test('a profile that points nowhere is told as what is wrong with it', async () => {
  expect(await failureOf(openWarehouse({ dbname: 'nowhere' }))).toMatchObject({
    kind: 'configuration',
    code: '3D000',
  });
  expect((await failureOf(openWarehouse({ user: 'nobody', password: 'wrong' }))).kind).toBe('authentication');
  const refused = await failureOf(openWarehouse({ port: 1, retries: 0 }));
  expect(refused).toMatchObject({ kind: 'transient', code: 'ECONNREFUSED' });
  expect(refused.hint).toContain(':1:');
});

test('a server without TLS is refused where TLS is asked for, and taken where it is only preferred', async () => {
  expect((await failureOf(openWarehouse({ sslmode: 'require' }))).kind).toBe('configuration');
  expect((await openWarehouse({ sslmode: 'prefer' })).facts.type).toBe('postgres');
});
