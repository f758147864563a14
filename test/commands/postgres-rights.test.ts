import { describe, expect, onTestFinished, test } from 'vitest';
import { ask, type PostgresProject, postgresProject } from '../postgres.ts';
import { cli, type Files, sluice } from '../rig.ts';

let roles = 0;

interface Scene extends PostgresProject {
  readonly role: string;
}

/** A project that runs as a role of its own, which may do nothing but connect; its schema stands. */
async function withRole(files: Files): Promise<Scene> {
  roles += 1;
  const role = `sluice_rights_${process.pid}_${roles}`;
  await ask(`create role ${role} login password 'just a word'`);
  const project = postgresProject(files, { user: role, password: 'just a word' });
  await ask(`create schema ${project.schema}`);
  await ask(`create table ${project.schema}.raw as select 1 as id`);
  onTestFinished(async () => {
    await ask(`drop owned by ${role} cascade`);
    await ask(`drop role ${role}`);
  });
  return { ...project, role };
}

const relationsOf = async ({ schema }: PostgresProject): Promise<string[]> => {
  const rows = await ask(
    'select relname from pg_class c join pg_namespace n on n.oid = relnamespace where nspname = $1 order by 1',
    [schema],
  );
  return rows.map(([name]) => String(name));
};

const source = (schema: string, database = ''): string =>
  `sources: [{name: raw, schema: ${schema}, ${database === '' ? '' : `database: ${database}, `}tables: [{name: raw}]}]`;

describe('a right that is missing fails its node, and no other', () => {
  test('to create in the schema', async () => {
    const project = await withRole({
      'models/a.sql': 'select 1 as id',
      'models/b.sql': "{{ config(schema='open') }} select 2 as id",
    });
    const { role, schema } = project;
    await ask(`grant usage on schema ${schema} to ${role}`);
    await ask(`create schema ${schema}_open authorization ${role}`);
    const { statuses, diagnostics } = await sluice(project, 'run');
    expect(statuses).toEqual({ a: 'error', b: 'success' });
    expect(diagnostics[0]).toMatchObject({
      code: 'warehouse-permission',
      message: `permission denied for schema ${schema}`,
    });
    expect((await cli(project, ['run'])).code).toBe(1);
  });

  test('to use the schema, or to select from a table', async () => {
    const project = await withRole({});
    const { role, schema } = project;
    await ask(`create schema ${schema}_own authorization ${role}`);
    project.write({
      'models/sources.yml': source(schema),
      'models/a.sql':
        "{{ config(schema='own', materialized='table') }} select * from {{ source('raw', 'raw') }}",
      'models/b.sql': "{{ config(schema='own', materialized='table') }} select 2 as id",
    });
    const closed = await sluice(project, 'run');
    expect(closed.statuses).toEqual({ a: 'error', b: 'success' });
    expect(closed.messages['a']).toContain(`permission denied for schema ${schema}`);
    await ask(`grant usage on schema ${schema} to ${role}`);
    const { statuses, messages } = await sluice(project, 'run');
    expect(statuses).toEqual({ a: 'error', b: 'success' });
    expect(messages['a']).toContain('permission denied for table raw');
    await ask(`grant select on ${schema}.raw to ${role}`);
    expect((await sluice(project, 'run')).outcome?.success).toBe(true);
  });

  test('to replace what belongs to somebody else', async () => {
    const project = await withRole({
      'models/raw.sql': "{{ config(materialized='table') }} select 2 as id",
      'models/b.sql': 'select 2 as id',
    });
    await ask(`grant usage, create on schema ${project.schema} to ${project.role}`);
    const { statuses, messages } = await sluice(project, 'run');
    expect(statuses).toEqual({ raw: 'error', b: 'success' });
    expect(messages['raw']).toContain('must be owner of table raw');
    expect(await ask(`select id from ${project.schema}.raw`)).toEqual([[1]]);
    expect(await relationsOf(project)).toEqual(['b', 'raw']);
  });

  test('to write at all', async () => {
    const project = await withRole({ 'models/a.sql': 'select 1 as id', 'models/b.sql': 'select 2 as id' });
    await ask(`grant all on schema ${project.schema} to ${project.role}`);
    await ask(`alter role ${project.role} set default_transaction_read_only = on`);
    const { outcome, statuses, diagnostics } = await sluice(project, 'run');
    expect(outcome?.success).toBe(false);
    expect(statuses).toEqual({ a: 'error', b: 'error' });
    expect(diagnostics[0]!.message).toContain('read-only transaction');
    expect(diagnostics[0]!.hint).toContain('standby');
  });
});

test('a schema that may not be created ends the run before it begins, as in dbt', async () => {
  const project = await withRole({ 'models/a.sql': "{{ config(schema='new') }} select 1 as id" });
  const { code, out } = await cli(project, ['run']);
  expect(code).toBe(2);
  expect(out).toMatch(/Database Error[\s\S]*permission denied for database/);
  expect(out).toContain('hint: only who may create in the database makes schemas');
});

test('a role that owns only its schema builds everything', async () => {
  const project = await withRole({
    'seeds/s.csv': 'id,name\n1,a\n2,b\n',
    'models/v.sql': "select * from {{ ref('s') }}",
    'models/t.sql': "{{ config(materialized='table') }} select * from {{ ref('v') }}",
    'models/i.sql': "{{ config(materialized='incremental', unique_key='id') }} select * from {{ ref('t') }}",
    'models/m.yml': 'models: [{name: t, columns: [{name: id, data_tests: [unique, not_null]}]}]',
  });
  await ask(`alter schema ${project.schema} owner to ${project.role}`);
  for (let time = 0; time < 2; time += 1) {
    const { outcome, diagnostics } = await sluice(project, 'build');
    expect([outcome?.success, diagnostics]).toEqual([true, []]);
  }
  expect(await relationsOf(project)).toEqual(['i', 'raw', 's', 't', 'v']);
});

describe('another database', () => {
  test('is refused for a model before anything runs, as in dbt', async () => {
    const project = postgresProject({
      'models/a.sql': "{{ config(database='elsewhere') }} select 1 as id",
      'models/b.sql': 'select 2 as id',
    });
    const { code, out } = await cli(project, ['run']);
    expect(code).toBe(2);
    expect(out).toMatch(/cross-database references are not possible[^\n]*'elsewhere'/);
    expect(out).toContain("leave 'database' out");
    expect(await relationsOf(project)).toEqual([]);
  });

  test('is refused for a source', async () => {
    const project = postgresProject({ 'models/b.sql': 'select 2 as id' });
    project.write({
      'models/sources.yml': source('raw', 'elsewhere'),
      'models/a.sql': "select * from {{ source('raw', 'raw') }}",
    });
    const { statuses, diagnostics } = await sluice(project, 'run');
    expect(statuses).toEqual({ a: 'error', b: 'success' });
    expect(diagnostics[0]!.message).toContain('cross-database references are not implemented');
    expect(diagnostics[0]!.hint).toContain("leave 'database' out");
  });
});

describe('what only reads needs no more than that', () => {
  const files = {
    'models/sources.yml': '',
    'models/a.sql': 'select 1 as id',
    'models/b.sql': "{{ config(materialized='table') }} select * from {{ ref('a') }}",
    'seeds/s.csv': 'id\n1\n',
  };
  const asks = "select {{ run_query('select count(*) from ' ~ target.schema ~ '.raw').rows[0][0] }} as n";

  test('parse, ls and compile need no server', async () => {
    const project = postgresProject(files, { port: 1, retries: 0 });
    for (const argv of [['parse'], ['ls'], ['compile'], ['compile', '--inline', 'select 1']]) {
      expect([argv, (await cli(project, argv)).code]).toEqual([argv, 0]);
    }
    expect(project.has('target/manifest.json')).toBe(true);
    project.write({ 'models/c.sql': asks });
    const { code, out } = await cli(project, ['compile']);
    expect(code).toBe(2);
    expect(out).toMatch(/ECONNREFUSED[\s\S]*'host' and 'port'/);
  });

  test('compile asks as a role that may only read, and nothing is written', async () => {
    const project = await withRole({ ...files, 'models/c.sql': asks });
    await ask(`grant usage on schema ${project.schema} to ${project.role}`);
    await ask(`grant select on ${project.schema}.raw to ${project.role}`);
    for (const argv of [['parse'], ['ls'], ['compile'], ['show', '--select', 'c'], ['debug']]) {
      expect([argv, (await cli(project, argv)).code]).toEqual([argv, 0]);
    }
    expect(project.read('target/compiled/shop/models/c.sql')).toContain('select 1 as n');
    expect(await relationsOf(project)).toEqual(['raw']);
  });
});
