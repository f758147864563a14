import { expect, inject, test } from 'vitest';
import { settle } from '../../../adapters/postgres/settle.ts';
import { startProxy } from '../../conformance/proxy.ts';
import { ask } from '../../postgres.ts';
import { credentialsOf, failureOf, invocationId, openWarehouse, rowsOf, scratchSchema } from './warehouse.ts';

async function through() {
  const schema = await scratchSchema(await openWarehouse());
  const proxy = await startProxy(inject('postgres'));
  const warehouse = await openWarehouse(proxy.output);
  const session = await warehouse.openSession('test');
  await session.execute(`create table ${schema}.t (a int)`);
  const before = proxy.requests.length;
  return { schema, proxy, session, sent: () => proxy.requests.slice(before) };
}

const count = async (schema: string): Promise<unknown> =>
  (await ask(`select count(*)::int from ${schema}.t`))[0]![0];

test('the number of a transaction comes with what it writes, and costs no request', async () => {
  const { schema, session, sent } = await through();
  await session.begin();
  await session.execute('select 1');
  await session.execute(`insert into ${schema}.t values (1)`);
  await session.execute(`insert into ${schema}.t values (2)`);
  await session.commit();
  expect(sent().map((sql) => sql.split('\n').length)).toEqual([1, 2, 2, 1, 1]);
  expect(await rowsOf(session, `select count(*) from ${schema}.t`)).toEqual([[2]]);
});

test.each(['commit', '/* {"app": "dbt"} */\ncommit and no chain', '-- done\nEND'])(
  'a commit sent as text is looked up, too: %s',
  async (commit) => {
    const { schema, proxy, session } = await through();
    proxy.choose(({ sql }) => (sql === commit ? 'lost' : null));
    await session.execute('begin');
    await session.execute(`insert into ${schema}.t values (1)`);
    expect((await session.execute(commit)).response['_message']).toBe('COMMIT');
    expect(await count(schema)).toBe(1);
  },
);

test('rows that a stream inserted give the transaction its number, too', async () => {
  const { schema, proxy, session } = await through();
  proxy.choose(({ sql }) => (sql === 'commit' ? 'lost' : null));
  await session.begin();
  const stream = await session.stream(`insert into ${schema}.t values (1) returning a`);
  for await (const rows of stream.chunks()) expect(rows).toEqual([[1]]);
  await session.commit();
  expect(await count(schema)).toBe(1);
});

test('a transaction of which a crash left nothing is one that never was', async () => {
  const [[next]] = (await ask('select txid_current()::text')) as [[string]];
  const options = { credentials: credentialsOf(), invocationId, readOnly: false };
  expect(await settle(options, String(BigInt(next) + 1_000_000n))).toBe('aborted');
});

test('a transaction that the server still holds open is ended, and then it is known', async () => {
  const { schema, proxy, session } = await through();
  // The client hears that nothing more comes; the server hears nothing.
  proxy.choose(({ sql }) => (sql === 'commit' ? 'half-closed' : null));
  await session.begin();
  await session.execute(`insert into ${schema}.t values (1)`);
  expect(await failureOf(session.commit())).toMatchObject({
    kind: 'transient',
    message: expect.stringContaining('rolled back'),
  });
  expect(await count(schema)).toBe(0);
  // Nobody holds the table any more.
  await ask(`drop table ${schema}.t`);
});

test('a transaction that wrote nothing has nothing to lose', async () => {
  const { proxy, session } = await through();
  proxy.choose(({ sql }) => (sql === 'commit' ? 'lost' : null));
  await session.begin();
  await session.execute('select 1');
  expect((await failureOf(session.commit())).kind).toBe('transient');
});

test('of transactions in a chain it is the last that is looked up', async () => {
  for (const first of ['commit and chain', 'rollback and chain', 'rollback to savepoint s']) {
    const { schema, proxy, session } = await through();
    proxy.choose(({ sql }) => (sql === 'commit' ? 'lost' : null));
    await session.begin();
    await session.execute(`insert into ${schema}.t values (1)`);
    await session.execute('savepoint s');
    await session.execute(first);
    await session.execute(`insert into ${schema}.t values (2)`);
    await session.commit();
    expect([first, await count(schema)]).toEqual([first, first === 'rollback and chain' ? 1 : 2]);
  }
});

test('what a savepoint leaves is looked up where nothing follows it', async () => {
  const { schema, proxy, session } = await through();
  proxy.choose(({ sql }) => (sql === 'commit' ? 'lost' : null));
  await session.begin();
  await session.execute(`insert into ${schema}.t values (1)`);
  await session.execute('savepoint s');
  await session.execute('rollback to savepoint s');
  await session.commit();
  expect(await count(schema)).toBe(1);
});
