import { chmodSync } from 'node:fs';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { listen } from '../adapters/postgres/wire.ts';
import { ask, postgresProject, since } from '../postgres.ts';
import { cli, startProgram } from '../rig.ts';

const models = { 'models/a.sql': 'select 1 as id' };

/** What a command prints, without the times of day. */
async function printed(changes: Readonly<Record<string, unknown>>, argv: readonly string[]) {
  const { code, out, err } = await cli(postgresProject(models, { retries: 0, ...changes }), argv);
  return { code, text: `${out}${err}`.replace(/^\d\d:\d\d:\d\d +/gm, '') };
}

describe('debug', () => {
  test("shows dbt's connection keys, and no password", async () => {
    const { host, port, user, dbname } = inject('postgres');
    const project = postgresProject(models);
    const { code, out } = await cli(project, ['debug']);
    expect(code).toBe(0);
    const lines = out.split('\n').map((line) => line.replace(/^\d\d:\d\d:\d\d +/, ''));
    const keys = lines.slice(lines.findIndex((line) => line.startsWith('host:')));
    expect(keys.filter((line) => /^\w+: /.test(line) && !line.startsWith('Connection'))).toEqual([
      `host: ${host}`,
      `port: ${port}`,
      `user: ${user}`,
      `database: ${dbname}`,
      `schema: ${project.schema}`,
      'connect_timeout: 10',
      'role: None',
      'search_path: None',
      'keepalives_idle: 0',
      'sslmode: None',
      'sslcert: None',
      'sslkey: None',
      'sslrootcert: None',
      'application_name: dbt',
      'autocommit: False',
      'retries: 1',
    ]);
    expect(out).toContain('All checks passed');
  });

  test('warns of a profile that shows its password to others', async () => {
    const project = postgresProject(models);
    const warning = /holds a password, and others may read the file[\s\S]*chmod 600/;
    chmodSync(project.path('profiles.yml'), 0o644);
    expect((await cli(project, ['debug'])).out).toMatch(warning);
    expect((await cli(project, ['debug', '--strict'])).code).not.toBe(0);
    chmodSync(project.path('profiles.yml'), 0o600);
    expect((await cli(project, ['debug'])).out).not.toMatch(warning);
    const fromOutside = postgresProject(models, { password: "{{ env_var('DBT_ENV_SECRET_PASSWORD') }}" });
    const env = { DBT_ENV_SECRET_PASSWORD: inject('postgres').password };
    const { code, out } = await cli(fromOutside, ['debug'], env);
    expect([code, warning.test(out)]).toEqual([0, false]);
  });
});

describe('what the profile has wrong ends debug with 1 and a run with 2, before anything runs', () => {
  test.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
    [
      'host',
      { host: 'no-such-host.invalid' },
      ["host 'no-such-host.invalid'", "check 'host'", "(profile 'shop', target 'dev')"],
    ],
    ['port', { port: 1 }, ['ECONNREFUSED', "check 'host' and 'port'", "(profile 'shop', target 'dev')"]],
    ['port', { port: '5432x' }, ["'port' of profile 'shop', target 'dev' must be a whole number, not text"]],
    [
      'password',
      { password: 'nothing' },
      ['password authentication failed', "check 'user' and 'password' (profile 'shop', target 'dev')"],
    ],
    ['password', { password: null }, ["profile 'shop', target 'dev' has no 'password'"]],
    [
      'user',
      { user: 'nobody' },
      ['user "nobody"', "check 'user' and 'password' (profile 'shop', target 'dev')"],
    ],
    [
      'dbname',
      { dbname: 'nowhere' },
      ['database "nowhere" does not exist', "'dbname' (profile 'shop', target 'dev')"],
    ],
    ['role', { role: 'nobody' }, ['role "nobody" does not exist', "'role' (profile 'shop', target 'dev')"]],
    [
      'search_path',
      { search_path: 'a,,b' },
      ['invalid value for parameter "search_path": "a,,b"', "'search_path' is a list"],
    ],
    [
      'sslmode',
      { sslmode: 'requird' },
      ["'sslmode' of profile 'shop', target 'dev' is 'requird'", "did you mean 'require'?"],
    ],
    [
      'sslmode',
      { sslmode: 'require' },
      ['the server does not support SSL', "'sslmode: require' asks for TLS"],
    ],
    [
      'sslrootcert',
      { sslmode: 'verify-full', sslrootcert: 'none.crt' },
      ['none.crt does not exist', "'sslrootcert'", "(profile 'shop', target 'dev')"],
    ],
  ])('%s: %j', async (_, changes, words) => {
    const checked = await printed(changes, ['debug']);
    const run = await printed(changes, ['run']);
    expect([checked.code, run.code]).toEqual([1, 2]);
    for (const word of words)
      expect([checked.text, run.text].map((text) => text.includes(word))).toEqual([true, true]);
    expect(run.text).not.toMatch(/Internal Error|1 of 1/);
  });

  test('a wrong password is sent once', async () => {
    const user = `sluice_count_${process.pid}`;
    let attempts = 0;
    const { host, port } = inject('postgres');
    const { connect } = await import('node:net');
    const { output } = await listen((socket) => {
      attempts += 1;
      const server = connect(port, host);
      server.on('error', () => undefined);
      socket.pipe(server).pipe(socket);
    });
    const { code } = await printed({ ...output, user, retries: 3 }, ['run']);
    expect([code, attempts]).toEqual([2, 1]);
  });
});

test('an interrupt while the server does not answer ends the program with 2', async () => {
  let called = (): void => undefined;
  const reached = new Promise<void>((resolve) => {
    called = resolve;
  });
  const { output } = await listen(() => called());
  const project = postgresProject(models, { ...output, connect_timeout: 0 });
  const { child, ended } = startProgram(project, ['run']);
  await reached;
  child.kill('SIGINT');
  const { code, signal, out } = await ended;
  expect([code, signal]).toEqual([2, null]);
  expect(out).toContain('interrupted while the connection was being made');
});

test.skipIf(!since(14))(
  'a program that is killed has its query ended by PostgreSQL 14 and newer, and nothing of it stays',
  async () => {
    const project = postgresProject({
      'models/a.sql': "{{ config(materialized='table') }} select 1 as id from pg_sleep(600)",
    });
    const backends = async () => {
      const [[count]] = (await ask(
        `select count(*)::int from pg_stat_activity where query like '%pg_sleep(600)%' and query like '%${project.schema}%'
       and pid <> pg_backend_pid() and state = 'active'`,
      )) as [[number]];
      return count;
    };
    const { child, ended } = startProgram(project, ['run']);
    onTestFinished(() => void child.kill('SIGKILL'));
    await until(backends, 1);
    child.kill('SIGKILL');
    await ended;
    await until(backends, 0);
    const left = await ask(
      'select relname from pg_class c join pg_namespace n on n.oid = relnamespace where nspname = $1',
      [project.schema],
    );
    expect(left).toEqual([]);
  },
);

async function until(ask: () => Promise<number>, value: number): Promise<void> {
  while ((await ask()) !== value) await new Promise((resolve) => setTimeout(resolve, 50));
}
