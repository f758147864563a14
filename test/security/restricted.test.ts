import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Diagnostic } from '../../src/index.ts';
import { ask, postgresProject } from '../postgres.ts';
import {
  cli,
  type Files,
  query,
  relations,
  scratchFolder,
  sluice,
  type TestProject,
  testProject,
} from '../rig.ts';

/** A project of its own repository with a profile that names a file in it, and nothing else. */
function untrusted(files: Files = {}): TestProject {
  const project = testProject({
    'profiles.yml': 'shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb, threads: 2}}}\n',
    'models/orders.sql': "{{ config(materialized='table') }} select 1 as id\n",
    ...files,
  });
  mkdirSync(project.path('.git'));
  return project;
}

const restricted = { restricted: true } as const;

const shown = (diagnostics: readonly Diagnostic[]): readonly string[] =>
  diagnostics.map(({ code, span }) => {
    if (span === null) return code;
    const line = span.text.slice(0, span.start).split('\n').length;
    return `${code} ${span.file}:${line}`;
  });

test('what asks for nothing but tables works as ever: models, seeds, tests, snapshots, views of the catalog', async () => {
  const shop = untrusted({
    'models/columns.sql':
      "select '{{ adapter.get_columns_in_relation(ref('orders')) | length }}' as n from {{ ref('orders') }}\n",
    'models/schema.yml': 'models: [{name: orders, columns: [{name: id, data_tests: [unique, not_null]}]}]\n',
    'seeds/countries.csv': 'id,name\n1,Chile\n2,\n',
    'snapshots/s.sql':
      "{% snapshot s %}{{ config(unique_key='id', strategy='check', check_cols='all') }} select 1 as id{% endsnapshot %}\n",
  });
  const { outcome, diagnostics } = await sluice(shop, 'build', restricted);
  expect(diagnostics).toEqual([]);
  expect(outcome?.success).toBe(true);
  expect(await query(shop, 'select n from columns')).toEqual([['1']]);
  expect(await query(shop, 'select name from countries order by id')).toEqual([['Chile'], [null]]);
});

test('hooks are refused with their places, before anything runs', async () => {
  const shop = untrusted({
    'dbt_project.yml': [
      'name: shop',
      'profile: shop',
      'on-run-start: ["create table from_hook as select 1"]',
      'on-run-end: ["create table from_end as select 1"]',
      'models: {shop: {+post-hook: "create table after as select 1"}}',
      '',
    ].join('\n'),
    'models/hooked.sql': "{{ config(pre_hook='create table before as select 1') }}\nselect 1 as id\n",
  });
  const { diagnostics, outcome } = await sluice(shop, 'build', restricted);
  expect(outcome).toBeNull();
  expect(shown(diagnostics).toSorted()).toEqual([
    'restricted-hook',
    'restricted-hook',
    'restricted-hook dbt_project.yml:3',
    'restricted-hook dbt_project.yml:4',
    'restricted-hook models/hooked.sql:1',
  ]);
  expect(existsSync(shop.path('shop.duckdb')) ? await relations(shop) : []).toEqual([]);
  expect((await sluice(shop, 'compile', restricted)).diagnostics).toEqual([]);
});

test.each(['runOperation', 'retry'] as const)('%s is refused', async (command) => {
  const { diagnostics } = await sluice(untrusted(), command, { ...restricted, macro: 'x' });
  expect(shown(diagnostics)).toEqual(['restricted-command']);
});

test.each([
  ['run_query', "{% set rows = run_query('create table made as select 1') %}"],
  ['run_query of a select', "{% set rows = run_query('select 1') %}"],
  ['statement', "{% call statement('x') %}create table made as select 1{% endcall %}"],
  ['adapter.execute', "{% do adapter.execute('create table made as select 1') %}"],
  ['create_schema', "{% do adapter.create_schema(api.Relation.create(database='shop', schema='made')) %}"],
  ['drop_relation', "{% do adapter.drop_relation(adapter.get_relation('shop', 'main', 'orders')) %}"],
  [
    'the columns of a query',
    "{% do adapter.get_column_schema_from_query('select 1; create table made as select 1') %}",
  ],
])('a template cannot send a statement while it is compiled: %s', async (_, text) => {
  const shop = untrusted({
    'models/bad.sql': `{% if execute %}${text}{% endif %}\nselect 1 as id from {{ ref('orders') }}\n`,
  });
  for (const command of ['build', 'compile'] as const) {
    const { diagnostics } = await sluice(shop, command, restricted);
    expect(shown(diagnostics)).toEqual([expect.stringMatching(/^restricted-query/)]);
  }
  expect(await relations(shop)).toEqual(['main.orders table']);
});

test('a unit test, and the query that says how old a source is, cannot either', async () => {
  const bad = "{% if execute %}{% do run_query('create table made as select 1') %}{% endif %}";
  const shop = untrusted({
    'models/orders.sql': `${bad} select 1 as id\n`,
    'models/schema.yml':
      'unit_tests: [{name: one, model: orders, given: [], expect: {rows: [{id: 1}]}}]\n' +
      'sources: [{name: main, tables: [{name: raw, config: {' +
      `loaded_at_query: "${bad} select now()", freshness: {warn_after: {count: 1, period: day}}}}]}]\n`,
  });
  const tested = await sluice(shop, 'test', restricted);
  expect(shown(tested.diagnostics)).toEqual([expect.stringMatching(/^restricted-query/)]);
  const { out } = await cli(shop, ['source', 'freshness', '--restricted']);
  expect(out).toContain('error[restricted-query]');
  expect(await relations(shop)).toEqual([]);
});

test('the model of a unit test cannot with its variables either, and reads the environment that the test sets', async () => {
  const shop = untrusted({
    'models/asks.sql': "select id, '{{ env_var(\"WHO\", \"\") if var(\"reads\", false) }}' as who, '{{ run_query(\"create table made as select 1\") if execute and var(\"asks\", false) }}' as n from {{ ref('orders') }}", // biome-ignore format: one line
    'models/schema.yml': `unit_tests:
  - name: by_model
    model: asks
    given: [{input: ref('orders'), rows: [{id: 1}]}]
    overrides: {vars: {asks: true}}
    expect: {rows: [{id: 1}]}
  - name: by_environment
    model: asks
    given: [{input: ref('orders'), rows: [{id: 1}]}]
    overrides: {vars: {reads: true}, env_vars: {WHO: me}}
    expect: {rows: [{id: 1, who: me}]}
`,
  });
  const { statuses, diagnostics } = await sluice(shop, 'build', restricted);
  expect(shown(diagnostics)).toEqual([expect.stringMatching(/^restricted-query/)]);
  expect(statuses).toMatchObject({ by_model: 'error', by_environment: 'pass' });
  expect(await relations(shop)).toEqual(['main.orders table']);
});

test('a query comment cannot either', async () => {
  const shop = untrusted({
    'dbt_project.yml':
      'name: shop\nprofile: shop\nquery-comment: "{{ run_query(\'create table made as select 1\') }}"\n',
  });
  const { diagnostics } = await sluice(shop, 'build', restricted);
  expect(shown(diagnostics)).toEqual([expect.stringMatching(/^restricted-query/)]);
});

test('a materialization of the project is a program, and does not run', async () => {
  const shop = untrusted({
    'macros/m.sql': `{% materialization own, default %}{% call statement('main') %}create table made as select 1{% endcall %}{{ return({'relations': []}) }}{% endmaterialization %}`,
    'models/own.sql': "{{ config(materialized='own') }}\nselect 1 as id\n",
  });
  const { diagnostics } = await sluice(shop, 'run', restricted);
  expect(shown(diagnostics)).toEqual(['restricted-materialization models/own.sql:1']);
});

test('sources that are files are refused at their place, by whatever command', async () => {
  const shop = untrusted({
    'models/sources.yml': [
      'sources:',
      '  - name: raw',
      '    tables:',
      '      - name: fine',
      '      - name: passwords',
      '        config: {external_location: "/etc/passwd"}',
      '',
    ].join('\n'),
  });
  for (const command of ['parse', 'list', 'compile', 'build'] as const) {
    const { diagnostics } = await sluice(shop, command, restricted);
    expect(shown(diagnostics)).toEqual(['restricted-source models/sources.yml:5']);
  }
});

test('variables are read by their names only, in models, project file, YAML and profile', async () => {
  const env = { PW: 'hunter22', OPEN: 'open' };
  const files = {
    'models/orders.sql': "select '{{ env_var('OPEN') }}' as a, '{{ env_var('PW', 'default') }}' as b\n",
  };
  const shop = untrusted(files);
  const refused = await cli(shop, ['build', '--restricted', '--allow-env', 'OPEN'], env);
  expect(refused.code).toBe(2);
  expect(refused.out).toContain("--restricted: the environment variable 'PW' may not be read");
  expect(refused.out).toContain('models/orders.sql:1:42');
  expect(refused.out).not.toContain('hunter22');
  expect(
    (await cli(shop, ['build', '--restricted', '--allow-env', 'OPEN', '--allow-env=PW'], env)).code,
  ).toBe(0);
  expect(
    (await cli(shop, ['build'], { ...env, SLUICE_RESTRICTED: '1', SLUICE_ALLOW_ENV: 'OPEN PW' })).code,
  ).toBe(0);
  expect((await cli(shop, ['build'], { ...env, SLUICE_RESTRICTED: '1' })).code).toBe(2);
  const alone = await cli(shop, ['build', '--allow-env', 'PW'], env);
  expect([alone.code, alone.err.includes('error[allow-env-alone]')]).toEqual([2, true]);
  for (const [name, text] of [
    [
      'dbt_project.yml',
      'name: shop\nprofile: shop\nvars: {x: "{{ env_var(\'PW\') }}"}\nquery-comment: "{{ env_var(\'PW\') }}"\n',
    ],
    [
      'profiles.yml',
      'shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb, schema: "{{ env_var(\'PW\') }}"}}}\n',
    ],
    ['models/s.yml', 'models: [{name: orders, description: "{{ env_var(\'PW\') }}"}]\n'],
  ] as const) {
    const other = untrusted({ [name]: text });
    const { out } = await cli(other, ['build', '--restricted'], env);
    expect([name, out.includes("'PW' may not be read"), out.includes('hunter22')]).toEqual([
      name,
      true,
      false,
    ]);
  }
});

test('a project cannot take the restriction away, widen it, or say where reports and logs are written', async () => {
  const outside = scratchFolder();
  const shop = untrusted({
    'dbt_project.yml': [
      'name: shop',
      'profile: shop',
      `log-path: ${outside}/logs`,
      `flags: {restricted: false, allow_env: [PW], report: ['junit=${outside}/j.xml'], profiles_dir: ${outside}, log_path: ${outside}}`,
      '',
    ].join('\n'),
    'models/orders.sql': "select '{{ env_var('PW') }}' as a\n",
  });
  const { out } = await cli(shop, ['build', '--restricted'], { PW: 'hunter22' });
  expect(out).toContain("'PW' may not be read");
  expect([
    existsSync(join(outside, 'j.xml')),
    existsSync(join(outside, 'dbt.log')),
    existsSync(join(outside, 'logs')),
  ]).toEqual([false, false, false]);
  await cli(shop, ['parse'], { PW: 'hunter22' });
  expect(existsSync(join(outside, 'j.xml'))).toBe(false);
});

describe('DuckDB reaches nothing outside of its database', () => {
  test.each([
    ['reading a file', "select * from read_csv('SECRET')"],
    ['reading by name', "select * from 'SECRET'"],
    ['reading as text', "select content from read_text('SECRET')"],
    ['listing files', "select * from glob('/*')"],
    ['the network', "select * from read_csv('http://127.0.0.1:9/x.csv')"],
  ])('in a query: %s', async (_, sql) => {
    const secret = join(scratchFolder(), 'secret.csv');
    writeFileSync(secret, 'a\nhunter22\n');
    const shop = untrusted({ 'models/bad.sql': sql.replace('SECRET', secret) });
    const ran = await sluice(shop, 'run', restricted);
    expect(ran.statuses).toEqual({ orders: 'success', bad: 'error' });
    expect(ran.diagnostics.map(({ code }) => code)).toEqual(['warehouse-permission']);
    const { outcome } = await sluice(shop, 'show', { ...restricted, inline: sql.replace('SECRET', secret) });
    expect(outcome).toBeNull();
  });

  test.each([
    ["copy (select 1 as a) to 'OUT'"],
    ["attach 'OUT' as elsewhere"],
    ["export database 'OUT'"],
    ['install httpfs'],
    ['load httpfs'],
    ['set enable_external_access = true'],
    ['set lock_configuration = false'],
    ["set allowed_directories = ['/']"],
    ["create persistent secret s (type s3, key_id 'x', secret 'y')"],
    ["set secret_directory = 'OUT'"],
  ])('by the override of a built-in macro: %s', async (sql) => {
    const out = join(scratchFolder(), 'made');
    const statement = sql.replace('OUT', out);
    const shop = untrusted({
      'macros/o.sql': `{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql') %}${statement}{% endmacro %}
{% macro create_table_as(temporary, relation, compiled_code, language='sql') %}${statement}{% endmacro %}
{% macro get_create_table_as_sql(temporary, relation, sql) %}${statement}{% endmacro %}`,
    });
    const { statuses } = await sluice(shop, 'run', restricted);
    expect(statuses).toEqual({ orders: 'error' });
    expect(existsSync(out)).toBe(false);
  });

  test('what the profile asks for holds for all connections, and threads still work beside each other', async () => {
    const names = Array.from({ length: 6 }, (_, index) => `m${index}`);
    const models = Object.fromEntries(
      names.map((name) => [`models/${name}.sql`, "select current_setting('TimeZone') as zone\n"]),
    );
    const shop = untrusted({ ...models, 'profiles.yml': null });
    const folder = scratchFolder();
    const output = {
      type: 'duckdb',
      path: shop.path('shop.duckdb'),
      threads: 4,
      settings: { TimeZone: 'Asia/Tokyo' },
    };
    writeFileSync(
      join(folder, 'profiles.yml'),
      JSON.stringify({ shop: { target: 'dev', outputs: { dev: output } } }),
    );
    const { outcome, diagnostics } = await sluice(shop, 'run', { ...restricted, profilesDir: folder });
    expect(diagnostics).toEqual([]);
    expect(outcome?.success).toBe(true);
    const { outcome: rows } = await sluice(shop, 'show', {
      ...restricted,
      profilesDir: folder,
      inline: "select zone from {{ ref('m5') }}",
    });
    expect(rows?.shown[0]?.rows).toEqual([['Asia/Tokyo']]);
  });
});

describe('nothing outside of the project is read or written', () => {
  test.each([
    ['model-paths', 'model-paths: ["../elsewhere"]'],
    ['packages-install-path', 'packages-install-path: ../elsewhere'],
    ['the target folder', 'target-path: ../elsewhere'],
  ])('through %s', async (setting, line) => {
    const shop = untrusted({ 'dbt_project.yml': `name: shop\nprofile: shop\n${line}\n` });
    const { diagnostics } = await sluice(shop, 'parse', restricted);
    expect(diagnostics[0]).toMatchObject({ code: 'restricted-path' });
    expect(diagnostics[0]?.message).toContain(`${setting} leads to`);
  });

  test('through links: the target folder, one in it, a package, the database file, one that leads to nothing', async () => {
    const outside = scratchFolder();
    const links: readonly (readonly [string, string])[] = [
      ['target', outside],
      ['target/compiled', outside],
      ['dbt_packages/linked', outside],
      ['shop.duckdb', join(outside, 'not-there.duckdb')],
    ];
    writeFileSync(join(outside, 'dbt_project.yml'), 'name: linked\n');
    for (const [link, to] of links) {
      const shop = untrusted();
      mkdirSync(join(shop.path(link), '..'), { recursive: true });
      symlinkSync(to, shop.path(link));
      const { diagnostics } = await sluice(shop, 'build', restricted);
      expect([link, diagnostics[0]?.code]).toEqual([link, 'restricted-path']);
    }
    expect(existsSync(join(outside, 'not-there.duckdb'))).toBe(false);
    expect(existsSync(join(outside, 'manifest.json'))).toBe(false);
  });

  test('what a parse cache in the project says is not read', async () => {
    const shop = untrusted({ 'dbt_project.yml': 'name: shop\nprofile: shop\non-run-start: ["select 1"]\n' });
    await sluice(shop, 'parse');
    const events = (await sluice(shop, 'list', restricted)).events;
    expect(events.find(({ name }) => name === 'project-parsed')).toMatchObject({ extent: 'whole' });
  });
});

describe('a profile of the repository', () => {
  test.each([
    ['attachments', { attach: [{ path: '/tmp/other.duckdb' }] }],
    ['extensions', { extensions: ['httpfs'] }],
    ['settings', { settings: { allowed_directories: ['/'] } }],
    ['secrets', { secrets: [{ type: 's3', provider: 'credential_chain' }] }],
    ['a database elsewhere', { path: 'md:prod' }],
    [
      'another warehouse',
      {
        type: 'postgres',
        host: 'example.org',
        port: 5432,
        user: 'u',
        password: 'p',
        dbname: 'd',
        schema: 's',
        path: undefined,
      },
    ],
  ])('may not ask for %s', async (_, more) => {
    const outputs = { dev: { type: 'duckdb', path: 'shop.duckdb', ...more } };
    const shop = untrusted({ 'profiles.yml': JSON.stringify({ shop: { target: 'dev', outputs } }) });
    const { diagnostics } = await sluice(shop, 'build', restricted);
    expect(shown(diagnostics)).toEqual(['restricted-profile']);
  });

  test('may not be chosen by the project among several of the caller', async () => {
    const folder = scratchFolder();
    const shop = untrusted({ 'profiles.yml': null, 'dbt_project.yml': 'name: shop\nprofile: production\n' });
    const of = (path: string) => ({ target: 'dev', outputs: { dev: { type: 'duckdb', path } } });
    const profiles = { production: of(join(folder, 'prod.duckdb')), shop: of(shop.path('shop.duckdb')) };
    writeFileSync(join(folder, 'profiles.yml'), JSON.stringify(profiles));
    const options = { ...restricted, profilesDir: folder };
    expect(shown((await sluice(shop, 'build', options)).diagnostics)).toEqual(['restricted-profile']);
    expect((await sluice(shop, 'build', { ...options, profile: 'shop' })).outcome?.success).toBe(true);
    expect(existsSync(join(folder, 'prod.duckdb'))).toBe(false);
  });

  test('may not name a file outside of the project', async () => {
    const outputs = { dev: { type: 'duckdb', path: join(scratchFolder(), 'other.duckdb') } };
    const shop = untrusted({ 'profiles.yml': JSON.stringify({ shop: { target: 'dev', outputs } }) });
    expect(shown((await sluice(shop, 'build', restricted)).diagnostics)).toEqual(['restricted-path']);
  });
});

test('packages come from the hub only, by packages.yml and by its lock', async () => {
  const other = scratchFolder();
  writeFileSync(join(other, 'dbt_project.yml'), 'name: other\n');
  for (const entry of [
    `local: ${other}`,
    'git: https://127.0.0.1:9/x.git\n    revision: main',
    'tarball: https://127.0.0.1:9/x.tar.gz\n    name: x',
  ]) {
    const shop = untrusted({ 'packages.yml': `packages:\n  - ${entry}\n` });
    const { diagnostics } = await sluice(shop, 'deps', restricted);
    expect(shown(diagnostics)).toEqual(['restricted-package packages.yml:2']);
    expect(shop.has('dbt_packages/other')).toBe(false);
  }
  const shop = untrusted({ 'packages.yml': `packages:\n  - local: ${other}\n` });
  await sluice(shop, 'deps');
  expect((await sluice(shop, 'deps', restricted)).diagnostics[0]?.code).toBe('restricted-package');
});

test('PostgreSQL: a role that reaches the server itself is refused, a plain one works', async () => {
  const role = `sluice_plain_${process.pid}`;
  await ask(`create role ${role} login password 'just a word'`);
  const files = { 'profiles.yml': null, 'models/orders.sql': 'select 1 as id\n' };
  const plain = postgresProject({}, { user: role, password: 'just a word' });
  const server = postgresProject();
  await ask(`create schema ${plain.schema} authorization ${role}`);
  onTestFinished(async () => {
    await ask(`drop owned by ${role} cascade`);
    await ask(`drop role ${role}`);
  });
  const project = testProject(files);
  mkdirSync(project.path('.git'));
  const refused = await sluice(project, 'build', { ...restricted, profilesDir: server.directory });
  expect(refused.diagnostics[0]?.message).toContain('reaches the server');
  await ask(`grant pg_read_server_files to ${role}`);
  const reading = await sluice(project, 'build', { ...restricted, profilesDir: plain.directory });
  expect(reading.diagnostics[0]?.message).toContain('(pg_read_server_files)');
  await ask(`revoke pg_read_server_files from ${role}`);
  const built = await sluice(project, 'build', { ...restricted, profilesDir: plain.directory });
  expect(built.diagnostics).toEqual([]);
  expect(built.statuses).toEqual({ orders: 'success' });
  project.write({
    'models/bad.sql': "{{ config(materialized='table') }} select pg_read_file('/etc/hostname') as a\n",
  });
  const { statuses } = await sluice(project, 'build', { ...restricted, profilesDir: plain.directory });
  expect(statuses).toEqual({ orders: 'success', bad: 'error' });
});

test('a hostile project as a whole leaves nothing behind and tells no secret', async () => {
  const outside = scratchFolder();
  const shop = untrusted({
    'dbt_project.yml': `name: shop\nprofile: shop\non-run-end: ["copy (select '{{ env_var('PW') }}' as a) to '${outside}/hook'"]\nflags: {report: ['markdown=${outside}/report']}\n`,
    'models/orders.sql': `{% set x = run_query("copy (select 1) to '${outside}/query'") if execute %}{{ print(env_var('PW')) }} select 1 as id\n`,
    'macros/generate_schema_name.sql': `{% macro generate_schema_name(custom, node) %}{{ env_var('PW') }}{% endmacro %}`,
    'tests/t.sql': `select * from read_text('/etc/hostname')`,
  });
  const said = await cli(shop, ['build', '--restricted', '--target-path', shop.path('artifacts')], {
    PW: 'hunter22',
  });
  expect(said.code).toBe(2);
  expect(said.out + said.err).not.toContain('hunter22');
  for (const name of ['hook', 'query', 'report']) expect(existsSync(join(outside, name))).toBe(false);
  for (const name of ['artifacts/manifest.json', 'shop.duckdb']) {
    if (shop.has(name)) expect(readFileSync(shop.path(name)).includes('hunter22')).toBe(false);
  }
});
