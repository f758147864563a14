import { expect, test } from 'vitest';
import { databaseNameOf } from '../../../adapters/duckdb/credentials.ts';
import { duckdb } from '../../../adapters/duckdb/facts.ts';
import { readSetup } from '../../../adapters/duckdb/setup.ts';
import { formatDiagnostic } from '../../../src/core/diagnostic.ts';

const context = { workingDirectory: '/work/shop', profileName: 'shop', targetName: 'dev' };
const check = (output: Record<string, unknown>) => duckdb.credentials({ type: 'duckdb', ...output }, context);

function accepted(output: Record<string, unknown>) {
  const read = check(output);
  if ('errors' in read) throw new Error(read.errors.map(formatDiagnostic).join('\n'));
  return read;
}

function refused(output: Record<string, unknown>): readonly string[] {
  const read = check(output);
  return 'errors' in read ? read.errors.map(({ message }) => message) : [];
}

test('an empty output is a database in memory', () => {
  const { credentials, warnings } = accepted({});
  expect(warnings).toEqual([]);
  expect(credentials).toMatchObject({ type: 'duckdb', database: 'memory', schema: 'main', threads: 1 });
});

test('target shows what dbt-duckdb shows, in its words and order', () => {
  const { credentials } = accepted({ path: 'my.db.duckdb', threads: 3, settings: { TimeZone: 'UTC' } });
  expect(credentials).toMatchObject({ database: 'my', schema: 'main', threads: 3 });
  expect(Object.entries(credentials.target)).toEqual([
    ['path', 'my.db.duckdb'],
    ['config_options', null],
    ['extensions', null],
    ['settings', { TimeZone: 'UTC' }],
    ['external_root', '.'],
    ['use_credential_provider', null],
    ['attach', null],
    ['filesystems', null],
    ['remote', null],
    ['plugins', null],
    ['disable_transactions', false],
  ]);
});

/** As dbt-duckdb's path_derived_database_name gives them. */
test.each([
  [':memory:', 'memory'],
  ['shop.duckdb', 'shop'],
  ['/data/my.db.duckdb', 'my'],
  ['.hidden.duckdb', 'hidden'],
  ['s3://bucket/raw.db', 'raw'],
  ['md:', 'my_db'],
  ['md:sales?motherduck_token=x', 'sales'],
  ['motherduck:sales', 'sales'],
  ['ducklake:meta.ducklake', 'meta'],
  ['ducklake:sqlite:meta.sqlite', 'meta'],
])('the path %s opens the database %s', (path, database) => {
  expect(databaseNameOf(path)).toBe(database);
});

test('files are found from the working directory, other places as they are written', () => {
  const attach = [
    { path: 'raw.duckdb' },
    { path: 'dbname=x', type: 'postgres' },
    { path: 'md:sales' },
    { path: 'x.sqlite', type: 'sqlite' },
  ];
  const { fields } = accepted({ path: 'data/shop.duckdb', attach }).credentials;
  expect(fields['path']).toBe('/work/shop/data/shop.duckdb');
  expect((fields['attach'] as { path: string }[]).map(({ path }) => path)).toEqual([
    '/work/shop/raw.duckdb',
    'dbname=x',
    'md:sales',
    '/work/shop/x.sqlite',
  ]);
});

test('a database of another name than the path’s must be attached under it', () => {
  expect(refused({ path: 'shop.duckdb', database: 'raw' })).toEqual([
    "'database' of profile 'shop', target 'dev' is 'raw', but 'path' opens the database 'shop'",
  ]);
  const attach = [{ path: 'raw.duckdb', alias: 'raw' }];
  expect(accepted({ path: 'shop.duckdb', database: 'raw', attach }).credentials.database).toBe('raw');
});

test('what needs Python is refused, each with its reason', () => {
  const output = {
    plugins: [{ module: 'excel' }],
    module_paths: ['x'],
    filesystems: [{ fs: 's3' }],
    remote: { host: 'h', port: 1, user: 'u' },
  };
  expect(refused(output)).toEqual([
    "'plugins' of profile 'shop', target 'dev' is not supported: plugins are Python modules",
    "'module_paths' of profile 'shop', target 'dev' is not supported: there is no Python to load modules into",
    "'filesystems' of profile 'shop', target 'dev' is not supported: fsspec file systems are Python modules",
    "'remote' of profile 'shop', target 'dev' is not supported: servers of the Buena Vista protocol cannot be reached",
  ]);
  expect(refused({ plugins: [], module_paths: null })).toEqual([]);
});

test('mistakes inside lists and mappings are told all at once', () => {
  const output = {
    extensions: [5, { name: 'h3' }],
    secrets: [{ key_id: 'x' }],
    attach: [
      { alias: 'raw' },
      { path: 'x', alais: 'y' },
      { path: 'y', type: 'sqlite', options: { type: 'mysql' } },
    ],
    retries: { connect_attempts: '3' },
  };
  const of = "of profile 'shop', target 'dev'";
  expect(refused(output)).toEqual([
    `'extensions' ${of} must list names or mappings with 'name' and 'repo', not a whole number`,
    `'extensions' ${of} has an entry without 'repo'`,
    `'secrets' ${of} has an entry without a 'type'`,
    `'attach' ${of} has an entry without 'path'`,
    `'attach' ${of} has an unknown key 'alais'`,
    `'attach' ${of} sets 'type' of 'y' beside and inside 'options'`,
    `'retries' ${of} has text for 'connect_attempts'`,
  ]);
});

test('keys that change nothing are said to', () => {
  const { warnings } = accepted({ disable_transactions: true, keep_open: false, extnsions: ['json'] });
  expect(warnings.map(({ code, hint }) => [code, hint])).toEqual([
    ['credential-unknown', "did you mean 'extensions'?"],
    ['credential-ignored', null],
  ]);
});

test('passwords are not seen in target, fields or what is printed of them', () => {
  const { credentials } = accepted({
    settings: { s3_secret_access_key: 'canary-1', TimeZone: 'UTC' },
    config_options: { motherduck_token: 'canary-2' },
    secrets: [{ type: 's3', key_id: 'canary-3' }],
    motherduck_token: 'canary-4',
  });
  expect(JSON.stringify(credentials)).not.toContain('canary');
  expect(String(JSON.stringify(credentials.target['settings']))).toBe(
    '{"s3_secret_access_key":"*****","TimeZone":"UTC"}',
  );
});

test('secrets and attachments become the statements of dbt-duckdb, values quoted', () => {
  const { credentials } = accepted({
    secrets: [
      { type: 's3', key_id: "a'b", use_ssl: true, scope: ['s3://x', 's3://y'] },
      { type: 'http', name: 'mine', persistent: true, extra_http_headers: { Authorization: 'B x' } },
    ],
    use_credential_provider: 'aws',
    attach: [
      { path: 'dbname=x', type: 'postgres', alias: 'pg', secret: 'mine', read_only: true },
      { path: "it's.db", alias: 'a b', options: { encryption_key: "k'", compress: true, off: false } },
    ],
  });
  expect(readSetup(credentials).databaseStatements).toEqual([
    "create or replace secret _dbt_secret_1 (type s3, key_id 'a''b', use_ssl 'true', scope ['s3://x', 's3://y'])",
    "create or replace persistent secret mine (type http, extra_http_headers map {'Authorization': 'B x'})",
    'create or replace secret _dbt_secret_3 (type s3, provider credential_chain)',
    "attach if not exists 'dbname=x' as pg (type postgres, secret mine, read_only)",
    `attach if not exists '/work/shop/it''s.db' as "a b" (encryption_key 'k''', compress)`,
  ]);
});

test('the token of MotherDuck is given when the database is opened, and only there', () => {
  const { credentials } = accepted({
    path: 'md:sales',
    motherduck_token: 'abcdef',
    settings: { threads: 2 },
  });
  const setup = readSetup(credentials);
  expect(setup.config).toEqual({ motherduck_token: 'abcdef' });
  expect(setup.sessionStatements).toEqual(["set threads = '2'"]);
  expect(refused({ path: 'md:', motherduck_token: 'a', settings: { motherduck_token: 'b' } })).toHaveLength(
    1,
  );
});
