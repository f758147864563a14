import { expect, inject, test } from 'vitest';
import { startProxy, type Trouble } from '../../conformance/proxy.ts';
import { ask } from '../../postgres.ts';
import { failureOf, openWarehouse, rowsOf, scratchSchema } from './warehouse.ts';

/** A session behind a proxy, whose connection is looked after every second. */
async function through() {
  const schema = await scratchSchema(await openWarehouse());
  const proxy = await startProxy(inject('postgres'));
  const warehouse = await openWarehouse({ ...proxy.output, keepalives_idle: 1 });
  const session = await warehouse.openSession('test');
  await session.execute(`create table ${schema}.t (a int)`);
  return { schema, proxy, warehouse, session };
}

const troubles: readonly Trouble[] = ['cut', 'lost', 'reset', 'half-closed', 'stalled', 'stalled-after'];

test.each(troubles)(
  'a statement that gets no answer ends, and the next session gets another connection: %s',
  async (trouble) => {
    const { proxy, warehouse, session } = await through();
    proxy.choose(({ sql }) => (sql === 'select 7' ? trouble : null));
    const failure = await failureOf(session.execute('select 7'));
    expect(failure.kind).toBe('transient');
    expect(failure.hint ?? '').not.toBe('');
    await session.release();
    expect(await rowsOf(await warehouse.openSession('next'), 'select 1')).toEqual([[1]]);
  },
);

test('a commit into silence is looked up', async () => {
  for (const [trouble, rows] of [
    ['stalled', 0],
    ['stalled-after', 1],
  ] as const) {
    const { schema, proxy, session } = await through();
    proxy.choose(({ sql }) => (sql === 'commit' ? trouble : null));
    await session.begin();
    await session.execute(`insert into ${schema}.t values (1)`);
    const outcome = await session.commit().then(
      () => 'committed',
      () => 'not committed',
    );
    expect([trouble, outcome]).toEqual([trouble, rows === 1 ? 'committed' : 'not committed']);
    expect(await ask(`select count(*)::int from ${schema}.t`)).toEqual([[rows]]);
  }
});

test('an answer that comes a byte at a time is given up where the server has long been done', async () => {
  const { proxy, session } = await through();
  proxy.choose(({ sql }) => (sql.includes('generate_series') ? 'dripping' : null));
  const failure = await failureOf(session.execute('select * from generate_series(1, 1000)'));
  expect(failure.kind).toBe('transient');
});

test('a statement that the server works on for long is left alone', async () => {
  const { session } = await through();
  expect(await rowsOf(session, "select pg_sleep(3.5)::text || 'done'")).toEqual([['done']]);
});

test("the profile's timeouts are those of the server, and are told by their names", async () => {
  const schema = await scratchSchema(await openWarehouse());
  const [limited, other] = [
    await openWarehouse({ statement_timeout: '300ms', lock_timeout: '200ms' }),
    await openWarehouse(),
  ];
  const [session, holder] = [await limited.openSession('limited'), await other.openSession('holder')];
  const slow = await failureOf(session.execute('select pg_sleep(60)'));
  expect(slow).toMatchObject({
    kind: 'timeout',
    code: '57014',
    hint: expect.stringContaining("'statement_timeout'"),
  });
  await holder.execute(`create table ${schema}.t (a int)`);
  await holder.begin();
  await holder.execute(`lock table ${schema}.t`);
  const waiting = await failureOf(session.execute(`select * from ${schema}.t`));
  expect(waiting).toMatchObject({
    kind: 'contention',
    code: '55P03',
    hint: expect.stringContaining("'lock_timeout'"),
  });
});

test('another run is waited for as long as lock_timeout says, whatever the limit of a statement', async () => {
  const orders = { database: null, schema: 'public', identifier: `orders_${process.pid}` };
  const other = await openWarehouse();
  const [holder, watcher] = [await other.openSession('holder'), await other.openSession('watcher')];
  const held = await holder.fence(orders);
  const hasty = await (await openWarehouse({ lock_timeout: '200ms' })).openSession('hasty');
  const failure = await failureOf(hasty.fence(orders));
  expect(failure).toMatchObject({ kind: 'locked', hint: expect.stringContaining("'lock_timeout'") });
  const patient = await (await openWarehouse({ statement_timeout: '200ms' })).openSession('patient');
  const waiting = patient.fence(orders);
  await rowsOf(watcher, 'select pg_sleep(1)');
  await held.release();
  expect((await waiting).waited).toBe(true);
  expect((await failureOf(patient.execute('select pg_sleep(60)'))).kind).toBe('timeout');
});

test('a swap waits the longer the more often it was tried, and no longer than the profile lets anything wait', async () => {
  const shown = async (attempt: number, changes: Readonly<Record<string, unknown>> = {}) => {
    const session = await (await openWarehouse(changes)).openSession('test');
    let within: unknown;
    await session.begin();
    await session.attempt(
      async () => {
        within = (await rowsOf(session, 'show lock_timeout'))[0]![0];
      },
      { locks: { attempt } },
    );
    const after = (await rowsOf(session, 'show lock_timeout'))[0]![0];
    return [within, after];
  };
  expect(await shown(1)).toEqual(['5s', '0']);
  expect(await shown(4)).toEqual(['5s', '0']);
  expect(await shown(5)).toEqual(['10s', '0']);
  expect(await shown(8)).toEqual(['80s', '0']);
  expect(await shown(20)).toEqual(['5min', '0']);
  for (const attempt of [1, 20]) {
    expect(await shown(attempt, { lock_timeout: '2s' })).toEqual(['2s', '2s']);
    expect(await shown(attempt, { statement_timeout: '8s' })).toEqual(['4s', '0']);
  }
  expect(await shown(1, { lock_timeout: '30min' })).toEqual(['5s', '30min']);
  expect(await shown(20, { lock_timeout: '30min' })).toEqual(['30min', '30min']);
});
