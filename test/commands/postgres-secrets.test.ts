import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ask, type PostgresProject, postgresProject } from '../postgres.ts';
import { cli } from '../rig.ts';

const canary = 'canary/7f+ "quoted" back\\slash %41 & ümlaut';

/** As a log or an artifact might spell it. */
const spellings = [
  canary,
  'canary/7f',
  encodeURIComponent(canary),
  encodeURI(canary),
  Buffer.from(canary).toString('base64'),
  Buffer.from(canary).toString('base64url'),
  JSON.stringify(canary).slice(1, -1),
];

/** A project whose user has the canary as password; the models print all that templates can see of the target. */
async function canaryProject(changes: Readonly<Record<string, unknown>> = {}): Promise<PostgresProject> {
  const user = `sluice_canary_${process.pid}`;
  await ask(`create role ${user} login superuser password '${canary.replaceAll("'", "''")}'`);
  const project = postgresProject(
    {
      'models/a.sql':
        "select '{{ target }}' as t, '{{ target.password }}' as p, '{{ target.items() | list }}' as i",
      'models/b.sql': '{{ log(target | string, info=true) }} select 1 as id',
      'models/wrong.sql': "select 'not {{ target.pass }}'::integer as id",
    },
    { user, password: canary, ...changes },
  );
  onTestFinished(async () => {
    await ask(`drop owned by ${user} cascade`);
    await ask(`drop role ${user}`);
  });
  return project;
}

const env = { SLUICE_EVENT_LOG: 'events.jsonl', DBT_ENV_SECRET_PASSWORD: canary };

/** Everything that was printed or written, but for the profile itself. */
function written({ directory }: PostgresProject, said: readonly string[]): [string, string][] {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'profiles.yml')
    .map((entry) => join(entry.parentPath, entry.name));
  return [
    ...said.map((text): [string, string] => ['output', text]),
    ...files.map((path): [string, string] => [path, readFileSync(path, 'latin1')]),
  ];
}

function clean(project: PostgresProject, said: readonly string[]): void {
  const places = written(project, said);
  expect(places.some(([path]) => path.endsWith('run_results.json'))).toBe(true);
  expect(places.some(([path]) => path.endsWith('dbt.log'))).toBe(true);
  expect(places.some(([path]) => path.endsWith('events.jsonl'))).toBe(true);
  for (const [path, text] of places) {
    for (const spelling of spellings) {
      const bytes = Buffer.from(spelling, 'utf8').toString('latin1');
      expect([path, text.includes(spelling) || text.includes(bytes)]).toEqual([path, false]);
    }
  }
}

test('a password is in nothing that is printed or written', async () => {
  const project = await canaryProject();
  const said: string[] = [];
  for (const argv of [
    ['debug', '--debug'],
    ['build', '--debug', '--log-format', 'json'],
    ['build', '--debug'],
    ['compile'],
    ['show', '--select', 'a'],
    ['ls', '--output', 'json'],
    ['docs', 'generate'],
  ]) {
    const { out, err } = await cli(project, argv, env);
    said.push(out, err);
  }
  expect(said.join('')).toContain('invalid input syntax for type integer');
  clean(project, said);
});

test('nor is one that comes from the environment, or that the server refuses', async () => {
  const project = await canaryProject({ password: "{{ env_var('DBT_ENV_SECRET_PASSWORD') }}" });
  const said: string[] = [];
  const run = async (argv: readonly string[]): Promise<number | null> => {
    const { code, out, err } = await cli(project, argv, env);
    said.push(out, err);
    return code;
  };
  expect(await run(['run', '--select', 'b'])).toBe(0);
  await ask(`alter role sluice_canary_${process.pid} password 'another'`);
  expect(await run(['debug', '--debug'])).toBe(1);
  expect(await run(['run', '--debug', '--log-format', 'json'])).toBe(2);
  expect(said.join('')).toContain('password authentication failed');
  project.write({ 'models/b.sql': "select '{{ env_var('DBT_ENV_SECRET_PASSWORD') }}' as id" });
  expect(await run(['parse'])).toBe(2);
  clean(project, said);
});

test('a password that is the name of everything else does not blank it out', async () => {
  const name = `sluice_plain_${process.pid}`;
  await ask(`create role ${name} login superuser password '${name}'`);
  onTestFinished(async () => void (await ask(`drop role ${name}`)));
  const project = postgresProject({ 'models/b.sql': 'select 1 as id' }, { user: name, password: name });
  const { out } = await cli(project, ['debug']);
  expect(out).toContain(`user: ${name}`);
});
