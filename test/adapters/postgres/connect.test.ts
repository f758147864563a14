import { describe, expect, inject, test } from 'vitest';
import { postgres } from '../../../adapters/postgres/facts.ts';
import type { FailureKind } from '../../../src/adapter/failure.ts';
import { ask } from '../../postgres.ts';
import { startServer } from '../../postgres-server.ts';
import {
  credentialsOf,
  failureOf,
  invocationId,
  openWarehouse,
  rowsOf,
  scratchRole,
  until,
} from './warehouse.ts';
import { answering, listen, refusal, welcome } from './wire.ts';

const textOf = ({ message, hint }: { readonly message: string; readonly hint: string | null }): string =>
  `${message}\n${hint}`;

describe('a profile that does not lead to its database is told by its key', () => {
  test.each<[string, Readonly<Record<string, unknown>>, FailureKind, string | null, RegExp]>([
    ['a closed port', { port: 1 }, 'transient', 'ECONNREFUSED', /127\.0\.0\.1:1.*'host' and 'port'/s],
    [
      'a socket that is not there',
      { host: '/nowhere' },
      'transient',
      'ENOENT',
      /\/nowhere\/\.s\.PGSQL\.\d+.*'host'/s,
    ],
    ['a wrong password', { password: 'nothing' }, 'authentication', '28P01', /'user' and 'password'/],
    ['an empty password', { password: '' }, 'authentication', '28P01', /'user' and 'password'/],
    ['an unknown user', { user: 'nobody' }, 'authentication', '28P01', /'user' and 'password'/],
    ['an unknown database', { dbname: 'nowhere' }, 'configuration', '3D000', /"nowhere".*'dbname'/s],
    ['an unknown role', { role: 'nobody' }, 'configuration', '22023', /"nobody".*'role'/s],
    [
      'a search path that is no list',
      { search_path: 'a,,b' },
      'configuration',
      '22023',
      /"a,,b".*'search_path'/s,
    ],
  ])('%s', async (_, changes, kind, code, words) => {
    const failure = await failureOf(openWarehouse({ retries: 0, ...changes }));
    expect(failure).toMatchObject({ kind, code });
    expect(textOf(failure)).toMatch(words);
  });

  test('an unknown host', async () => {
    const failure = await failureOf(openWarehouse({ host: 'no-such-host.invalid', retries: 0 }));
    expect(textOf(failure)).toMatch(/'no-such-host\.invalid'.*'host'/s);
  });

  test('a role that the user is no member of', async () => {
    const [user, role] = [await scratchRole(), await scratchRole()];
    const failure = await failureOf(openWarehouse({ user, password: user, role }));
    expect(failure).toMatchObject({ kind: 'permission', code: '42501' });
    expect(textOf(failure)).toMatch(/permission denied.*'role'.*grant \w+ to \w+/s);
    expect(failure.hint).toContain(`grant ${role} to ${user}`);
  });

  test('a database that the user may not connect to', async () => {
    const user = await scratchRole();
    await ask(`create database ${user}`);
    try {
      await ask(`revoke connect on database ${user} from public`);
      const failure = await failureOf(openWarehouse({ user, password: user, dbname: user }));
      expect(failure).toMatchObject({ kind: 'permission', code: '42501' });
      expect(textOf(failure)).toMatch(/permission denied.*'dbname'.*grant connect on database/s);
    } finally {
      await ask(`drop database ${user}`);
    }
  });

  test('something else that listens there', async () => {
    const { output } = await listen(answering('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const failure = await failureOf(openWarehouse({ ...output, sslmode: 'require' }));
    expect(failure.kind).toBe('configuration');
    expect(textOf(failure)).toMatch(/does not answer as PostgreSQL does.*'host' and 'port'/s);
  });

  test('a server that is too old', async () => {
    const { output, count } = await listen(answering(welcome('11.22 (Debian 11.22-0)')));
    const failure = await failureOf(openWarehouse({ ...output, retries: 3 }));
    expect(failure.kind).toBe('configuration');
    expect(textOf(failure)).toMatch(/PostgreSQL 11\.22.*PostgreSQL 12.*'host'/s);
    expect(count()).toBe(1);
  });
});

describe('names as dbt reads them', () => {
  test('a role is folded unless it is quoted', async () => {
    const plain = await scratchRole();
    const mixed = `Mixed ${plain}`;
    await ask(`create role "${mixed}"`);
    try {
      const roleOf = async (role: string) => {
        const session = await (await openWarehouse({ role })).openSession('test');
        return (await rowsOf(session, 'select current_user'))[0]![0];
      };
      expect(await roleOf(plain.toUpperCase())).toBe(plain);
      expect(await roleOf(`"${mixed}"`)).toBe(mixed);
      expect(await roleOf(mixed)).toBe(mixed);
    } finally {
      await ask(`drop role "${mixed}"`);
    }
  });

  test('a search path may name schemas that do not exist, and quote', async () => {
    const session = await (await openWarehouse({ search_path: '"No such", public' })).openSession('test');
    expect(await rowsOf(session, 'select current_schemas(false)::text')).toEqual([['{public}']]);
  });

  test('of several hosts the first that answers is taken', async () => {
    const { host, port } = inject('postgres');
    const { output, count } = await listen((socket) => socket.destroy());
    expect((await openWarehouse({ host: `127.0.0.2,${host}`, port })).facts.type).toBe('postgres');
    await failureOf(openWarehouse({ ...output, host: '127.0.0.1,127.0.0.1' }));
    expect(count()).toBe(2);
  });
});

describe('a server that is away is asked again, one that refuses is not', () => {
  const starting = refusal('57P03', 'the database system is starting up');

  test('a server that is starting', async () => {
    const { output, count } = await listen(answering(starting));
    const failure = await failureOf(openWarehouse({ ...output, retries: 1 }));
    expect(failure).toMatchObject({ kind: 'transient', code: '57P03' });
    expect(failure.hint).toContain("'retries'");
    expect(count()).toBe(2);
  });

  test.each([
    ['a wrong password', '28P01', 'password authentication failed for user "sluice"'],
    ['an unknown database', '3D000', 'database "nowhere" does not exist'],
    ['a rule that keeps it out', '28000', 'no pg_hba.conf entry for host "127.0.0.1"'],
  ])('%s', async (_, code, text) => {
    const { output, count } = await listen(answering(refusal(code, text)));
    expect((await failureOf(openWarehouse({ ...output, retries: 3 }))).message).toBe(text);
    expect(count()).toBe(1);
  });

  test('a server that says nothing is waited for as long as the profile says', async () => {
    const { output } = await listen(() => undefined);
    const failure = await failureOf(openWarehouse({ ...output, connect_timeout: 1 }));
    expect(failure.kind).toBe('transient');
    expect(textOf(failure)).toMatch(/no answer from 127\.0\.0\.1:\d+ within 1 s.*'connect_timeout'/s);
  });

  test('a server that hangs up', async () => {
    const { output } = await listen((socket) => socket.destroy());
    const failure = await failureOf(openWarehouse(output));
    expect(failure.kind).toBe('transient');
    expect(textOf(failure)).toMatch(/closed the connection.*'host'/s);
  });

  test('waiting is given up when the run is', async () => {
    const { output } = await listen(() => undefined);
    const { connect } = await postgres.load();
    const controller = new AbortController();
    const opening = connect({
      credentials: credentialsOf({ ...output, connect_timeout: 0 }),
      invocationId,
      readOnly: false,
      signal: controller.signal,
    });
    controller.abort();
    expect((await failureOf(opening)).kind).toBe('cancelled');
  });
});

describe('a server that is full', () => {
  const login = async (limit: number) => {
    const user = await scratchRole(`connection limit ${limit}`);
    return { user, password: user, retries: 0 };
  };

  test('is told with what to change', async () => {
    const crowd = await login(1);
    await openWarehouse(crowd);
    const failure = await failureOf(openWarehouse(crowd));
    expect(failure).toMatchObject({ kind: 'transient', code: '53300' });
    expect(failure.hint).toMatch(/'threads'.*'retries'/);
  });

  test('is asked again as often as the profile says', async () => {
    const crowd = await login(1);
    const first = await openWarehouse(crowd);
    const second = openWarehouse({ ...crowd, retries: 3 });
    await first.close();
    expect((await second).facts.type).toBe('postgres');
  });

  test('lets a third session wait for the first that is done', async () => {
    const warehouse = await openWarehouse(await login(2));
    const [first] = [await warehouse.openSession('first'), await warehouse.openSession('second')];
    const waiting = warehouse.openSession('third');
    await first.release();
    expect(await rowsOf(await waiting, 'select 1')).toEqual([[1]]);
  });

  test('still hears that a statement is cancelled', async () => {
    const warehouse = await openWarehouse(await login(2));
    const [first, second] = [await warehouse.openSession('first'), await warehouse.openSession('second')];
    const controller = new AbortController();
    const failed = failureOf(first.execute('select pg_sleep(600)', { signal: controller.signal }));
    await until(second, running('first'), 1);
    controller.abort();
    expect((await failed).code).toBe('57014');
    expect(await rowsOf(first, 'select 1')).toEqual([[1]]);
  });
});

/** Counts the statements that a session runs. */
const running = (label: string): string =>
  `select count(*) from pg_stat_activity where state = 'active' and application_name like '% ${label}'`;

describe('a server that changes under the run', () => {
  test('a shutdown fails the statement as transient, and says that nobody listens any more', async () => {
    const server = await startServer();
    const warehouse = await openWarehouse({ ...server.address, retries: 0 });
    const session = await warehouse.openSession('test');
    const failed = failureOf(session.execute('select pg_sleep(600)'));
    await server.stop();
    const failure = await failed;
    expect(failure).toMatchObject({ kind: 'transient', code: '57P01' });
    expect(failure.hint).toContain('shut down');
    expect((await failureOf(warehouse.openSession('next'))).hint).toContain("'host' and 'port'");
  });

  test('a connection that was ended while it was idle is replaced', async () => {
    const warehouse = await openWarehouse();
    const session = await warehouse.openSession('first');
    const [[backend]] = (await rowsOf(session, 'select pg_backend_pid()')) as [[number]];
    await session.release();
    await ask(`select pg_terminate_backend(${backend})`);
    expect(await rowsOf(await warehouse.openSession('second'), 'select 1')).toEqual([[1]]);
  });

  test('a server that takes no writes is told as such', async () => {
    const user = await scratchRole();
    await ask(`alter role ${user} set default_transaction_read_only = on`);
    const session = await (await openWarehouse({ user, password: user })).openSession('test');
    const failure = await failureOf(session.execute('create temporary sequence s'));
    expect(failure).toMatchObject({ kind: 'permission', code: '25006' });
    expect(failure.hint).toContain('standby');
  });
});
