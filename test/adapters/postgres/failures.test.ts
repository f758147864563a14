import { expect, test } from 'vitest';
import { statementFailure } from '../../../adapters/postgres/failures.ts';
import { explainMerge } from '../../../adapters/postgres/server-version.ts';
import { type FailureKind, retryable, type WarehouseError } from '../../../src/adapter/failure.ts';
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

test('a privilege that is missing is told with what to ask for', async () => {
  const warehouse = await openWarehouse();
  const schema = await scratchSchema(warehouse);
  const owner = await warehouse.openSession('owner');
  await owner.execute(`create table ${schema}.t as select 1 as a`);
  await owner.execute(`grant usage on schema ${schema} to pg_monitor`);
  const session = await openSession({ role: 'pg_monitor' });
  for (const [sql, hint] of [
    [`select * from ${schema}.t`, /have its owner grant/],
    [`truncate ${schema}.t`, /have its owner grant/],
    [`drop table ${schema}.t`, /only its owner/],
    [`create table ${schema}.u as select 1 as a`, /create to build in it/],
  ] as const) {
    expect(await failureOf(session.execute(sql))).toMatchObject({
      kind: 'permission',
      hint: expect.stringMatching(hint),
    });
  }
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

test('a merge on a server that has none is told as such, with what to use instead', async () => {
  const session = await openSession();
  // What a server before 15 says to any merge, this one says to a broken one.
  const thrown = await session.execute('merge merge').catch((error: unknown) => error as WarehouseError);
  expect((thrown as WarehouseError).failure.message).toBe('syntax error at or near "merge"');
  const { failure } = explainMerge(thrown as WarehouseError, 14);
  expect(failure.message).toBe('PostgreSQL 14 has no MERGE, which came with 15');
  expect(failure.hint).toContain("incremental_strategy: 'delete+insert'");
  expect(explainMerge(thrown as WarehouseError, 15)).toBe(thrown);
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
  await until(
    watcher,
    `select count(*) from pg_locks where not granted and relation = '${schema}.b'::regclass`,
    1,
  );
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

test("a position is the caller's, behind a header and beside letters of every width", async () => {
  const session = await openSession();
  const header = '/* {"app": "dbt", "node": "mödel 😀"} */\n';
  const sql = `${header}select 'é中😀' as "ß😀",\n  nothing`;
  const failure = await failureOf(session.execute(sql));
  expect(sql.slice(failure.position!)).toBe('nothing');
  const query = "select '😀' as a -- 😀\n, nothing";
  expect(query.slice((await failureOf(session.describeQuery(query))).position!)).toBe('nothing');
  const unfinished = await failureOf(session.describeQuery('select (1'));
  expect(unfinished.position).not.toBeNull();
});

test.each<[FailureKind, readonly string[]]>([
  ['transient', ['08000', '08003', '08006', '08P01', '53300', '57P01', '57P02', '57P03', '57P05', '25P03']],
  ['contention', ['40001', '40P01', '55P03']],
  ['held', ['2BP01']],
  ['data', ['21000', '22000', '22012', '22P02', '23000', '23502', '23503', '23505', '23514', '44000']],
  ['authentication', ['28000', '28P01']],
  ['permission', ['42501', '25006']],
  ['syntax', ['42601', '42703', '42P01', '42P07', '0A000', '3F000']],
  ['resources', ['53000', '53100', '53200', '53400', '54000', '54001', '58000', '58030']],
  ['cancelled', ['57014']],
  ['timeout', ['25P04']],
  ['unknown', ['XX000', 'P0001', '0L000']],
])('%s: %s', (kind, codes) => {
  for (const code of codes) expect([code, stateFailure(code).kind]).toEqual([code, kind]);
});

test('what the statement itself is wrong about is never repeated, whatever the code within its class', () => {
  const letters = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  for (const group of ['22', '23', '28', '42']) {
    for (const a of letters) {
      for (const b of letters) expect(retryable(stateFailure(`${group}${a}${b}0`))).toBe(false);
    }
  }
  expect(retryable(stateFailure('53100'))).toBe(false);
  expect(retryable(stateFailure('57014'))).toBe(false);
});

const stateFailure = (code: string) =>
  statementFailure(Object.assign(new Error('refused'), { code }), 'select 1').failure;

test.each(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNREFUSED', 'EHOSTUNREACH'])('%s is transient', (code) => {
  expect(stateFailure(code).kind).toBe('transient');
});
