import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Files, query, relations, sluice, type TestProject, testProject } from '../rig.ts';

/** A project in the working folder, as the engine resolves paths against it, with a folder for its files. */
function shopOf(files: Files): TestProject {
  const project = testProject({
    'profiles.yml':
      'shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb, external_root: out, threads: 1}}}\n',
    'out/.keep': '',
    ...files,
  });
  process.chdir(project.directory);
  return project;
}

const external = (config: string, sql = "select 1 as id, 'x' as name"): string =>
  `{{ config(materialized='external'${config === '' ? '' : `, ${config}`}) }} ${sql}`;

async function succeeds(project: TestProject, options: object = {}): Promise<void> {
  const { diagnostics } = await sluice(project, 'run', options);
  expect(diagnostics).toEqual([]);
}

/** Files below the folder, those of ours beside them included. */
const files = (project: TestProject): readonly string[] =>
  readdirSync(project.path('out'), { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(project.path('out/').length))
    .filter((name) => name !== '.keep')
    .sort();

describe('an external model', () => {
  test.each([
    ['', 'a.parquet'],
    ["format='csv'", 'a.csv'],
    ["location='out/b.json'", 'b.json'],
    ["location='{{ adapter.external_root() }}/c.parquet'", 'c.parquet'],
    ["location='out/d', delimiter=';'", 'd'],
    ["location='out/e.CSV.GZ'", 'e.CSV.GZ'],
    ["location='out/f.csv.gz', format='csv'", 'f.csv.gz'],
    ["location='out/g.json.zst'", 'g.json.zst'],
    ["format='parquet', options={'format': 'csv', 'codec': 'zstd'}", 'a.parquet'],
    ["options={'per_thread_output': true}", 'a.parquet/data_0.parquet'],
    ["options={'partition_by': 'id'}", 'a/id=1/data_0.parquet'],
    ["location='out/it''s.csv', csv_read_options={'all_varchar': true}".replace("''", "\\'"), "it's.csv"],
  ])('with %j is a file, and a view that reads it', async (config, file) => {
    const shop = shopOf({
      'models/a.sql': external(config),
      'models/child.sql': "select name, cast(id as varchar) as id from {{ ref('a') }}",
    });
    await succeeds(shop);
    expect(files(shop)).toEqual([file]);
    expect(await relations(shop)).toEqual(['main.a view', 'main.child view']);
    expect(await query(shop, 'select * from child')).toEqual([['x', '1']]);
  });

  test.each(['parquet', 'csv', 'json'])('of no rows is a file of %s with its columns', async (format) => {
    const shop = shopOf({
      'models/a.sql': external(`format='${format}'`, 'select 1 as id, \'x\' as "the name" where false'),
    });
    await succeeds(shop);
    expect(files(shop)).toEqual([`a.${format}`]);
    expect(await query(shop, 'select * from a')).toEqual([]);
    expect(await query(shop, `select * from 'out/a.${format}'`)).toEqual([[null, null]]);
    const columns = "select column_name from information_schema.columns where table_name = 'a' order by 1";
    expect(await query(shop, columns)).toEqual([['id'], ['the name']]);
  });

  test('of no rows has a partition of nulls, which its view leaves out', async () => {
    const shop = shopOf({
      'models/a.sql': external("options={'partition_by': 'id'}", "select 1 as id, 'x' as name where false"),
    });
    await succeeds(shop);
    expect(files(shop)).toEqual(['a/id=__HIVE_DEFAULT_PARTITION__/data_0.parquet']);
    expect(await query(shop, 'select * from a')).toEqual([]);
  });

  test('replaces a table or a view that had its name, and makes way for one', async () => {
    const shop = shopOf({ 'models/a.sql': "{{ config(materialized='table') }} select 1 as id" });
    await succeeds(shop);
    for (const id of [2, 3]) {
      shop.write({ 'models/a.sql': external('', `select ${id} as id`) });
      await succeeds(shop);
      expect(await relations(shop)).toEqual(['main.a view']);
      expect(await query(shop, 'select id from a')).toEqual([[id]]);
    }
    shop.write({ 'models/a.sql': "{{ config(materialized='table') }} select 4 as id" });
    await succeeds(shop);
    expect(await relations(shop)).toEqual(['main.a table']);
  });

  test('may read its own file, and have other columns than before', async () => {
    const own = external(
      '',
      'select 1 as id {% if load_relation(this) is not none %} union all select max(id) + 1 from {{ this }} {% endif %}',
    );
    const shop = shopOf({ 'models/a.sql': own });
    await succeeds(shop);
    await succeeds(shop);
    expect(await query(shop, 'select id from a order by id')).toEqual([[1], [2]]);
    shop.write({ 'models/a.sql': external('', "select 'text' as other") });
    await succeeds(shop);
    expect(await query(shop, 'select * from a')).toEqual([['text']]);
  });

  test('has descriptions, a contract and hooks like a view, and the hooks see the file', async () => {
    const shop = shopOf({
      'models/a.sql': external(
        "persist_docs={'relation': true, 'columns': true}, post_hook=\"create table seen as select * from 'out/a.parquet'\"",
      ),
      'models/a.yml': `models:
  - name: a
    description: a file
    config: {contract: {enforced: true}}
    columns: [{name: id, data_type: integer, description: a number}, {name: name, data_type: varchar}]`,
    });
    await succeeds(shop);
    expect(await query(shop, 'select * from seen')).toEqual([[1, 'x']]);
    expect(await query(shop, "select comment from duckdb_views() where view_name = 'a'")).toEqual([
      ['a file'],
    ]);
    const comments =
      "select column_name, comment from duckdb_columns() where table_name = 'a' and comment is not null";
    expect(await query(shop, comments)).toEqual([
      ['id', 'a number'],
      ['name', ''],
    ]);
    shop.write({ 'models/a.sql': external('', "select 'no' as id, 'x' as name") });
    const { diagnostics } = await sluice(shop, 'run');
    expect(diagnostics[0]?.message).toContain('contract');
    expect(await query(shop, "select * from 'out/a.parquet'")).toEqual([[1, 'x']]);
  });

  test('is written by the macros of the project that have the names of ours', async () => {
    const shop = shopOf({
      'macros/own.sql': `
        {% macro external_location(relation, config) %}{{ return('out/at_' ~ relation.identifier ~ '.csv') }}{% endmacro %}
        {% macro write_to_file(relation, location, options) %}
          {% call statement('write_to_file') %} copy (select 7 as id) to '{{ location }}' ({{ options }}, quote '!') {% endcall %}
        {% endmacro %}
        {% macro store_relation(plugin, relation, location, format, config) %}
          {% do run_query("create table stored as select '" ~ [plugin, relation.identifier, location, format] | join(' ') ~ "' as said") %}
        {% endmacro %}`,
      'models/a.sql': external("glue_register=true, glue_database='lake'"),
    });
    await succeeds(shop);
    expect(files(shop)).toEqual(['at_a.csv']);
    expect(await query(shop, 'select id::int from a')).toEqual([[7]]);
    expect(await query(shop, 'select said from stored')).toEqual([['glue|lake a out/at_a.csv csv']]);
  });

  test('is built by a materialization of the project that calls ours', async () => {
    const shop = shopOf({
      'macros/own.sql':
        "{% materialization filed, adapter='duckdb' %}{{ return(materialization_external_duckdb()) }}{% endmaterialization %}",
      'models/a.sql': "{{ config(materialized='filed') }} select 5 as id",
    });
    await succeeds(shop);
    expect(files(shop)).toEqual(['a.parquet']);
    expect(await query(shop, 'select id from a')).toEqual([[5]]);
  });

  test('is read by the runs of a memory database that do not build it, where a hook says so', async () => {
    const shop = shopOf({
      'profiles.yml':
        "shop: {target: dev, outputs: {dev: {type: duckdb, path: ':memory:', schema: shop, external_root: out}}}\n",
      'dbt_project.yml':
        'name: shop\nprofile: shop\non-run-start: "{{ register_upstream_external_models() }}"\nmodels: {+materialized: external}\n',
      'models/a.sql': 'select 3 as id',
      'models/b.sql': "{{ config(options={'partition_by': 'id'}) }} select 4 as id, 'x' as name",
      'models/c.sql':
        "{{ config(location='{{ adapter.external_root() }}/c.csv', delimiter=';') }} select 5 as id",
      'models/sum.sql':
        "{{ config(format='csv') }} select a.id + b.id + c.id as s from {{ ref('a') }} a, {{ ref('b') }} b, {{ ref('c') }} c",
    });
    await succeeds(shop);
    shop.write({ 'out/sum.csv': null });
    await succeeds(shop, { select: ['sum'] });
    expect(shop.read('out/sum.csv')).toBe('s\n12\n');
  });
});

describe('a folder that is there already', () => {
  const parted = (n: number, more = ''): string =>
    external(`options={'partition_by': 'p'${more}}`, `select ${n} as p, ${n} as id`);
  const ids = (shop: TestProject) => query(shop, 'select p::int, id::int from a order by 1, 2');

  test('is left as it is, unless the options say what becomes of it', async () => {
    const shop = shopOf({ 'models/a.sql': parted(1) });
    await succeeds(shop);
    shop.write({ 'models/a.sql': parted(2) });
    const { diagnostics } = await sluice(shop, 'run');
    expect(diagnostics).toMatchObject([
      {
        code: 'external-file',
        message: "'a' cannot be written to out/a: the folder is not empty",
        hint: "nothing was changed; replace all of it with options={'overwrite': true}, or the files of the same names with 'overwrite_or_ignore'",
      },
    ]);
    expect(files(shop)).toEqual(['a/p=1/data_0.parquet']);
    expect(await ids(shop)).toEqual([[1, 1]]);
  });

  test('is replaced as a whole by overwrite', async () => {
    const shop = shopOf({ 'models/a.sql': parted(1, ", 'overwrite': true"), 'out/a/other.txt': 'theirs' });
    await succeeds(shop);
    shop.write({ 'models/a.sql': parted(2, ", 'OVERWRITE': 1") });
    await succeeds(shop);
    expect(files(shop)).toEqual(['a/p=2/data_0.parquet']);
    expect(await ids(shop)).toEqual([[2, 2]]);
  });

  test('keeps the files of other names with overwrite_or_ignore, and all of them with append', async () => {
    const shop = shopOf({ 'models/a.sql': parted(1) });
    await succeeds(shop);
    shop.write({ 'models/a.sql': parted(2, ", 'overwrite_or_ignore': true"), 'out/a/other.txt': 'theirs' });
    await succeeds(shop);
    await succeeds(shop);
    expect(files(shop)).toEqual(['a/other.txt', 'a/p=1/data_0.parquet', 'a/p=2/data_0.parquet']);
    shop.write({ 'models/a.sql': parted(2, ", 'append': true") });
    await succeeds(shop);
    expect(await ids(shop)).toEqual([
      [1, 1],
      [2, 2],
      [2, 2],
    ]);
    expect(files(shop)).toHaveLength(4);
  });
});

describe('a file that cannot be written', () => {
  test.each([
    ["location='none/a.parquet'", 'none/a.parquet: its folder is not there'],
    ["location='out'", 'out: a folder stands there'],
    [
      "location='out/.keep', options={'partition_by': 'id'}",
      'out/.keep: a file stands there, and a folder is to be written',
    ],
  ])('with %j is told, and nothing is changed', async (config, message) => {
    const shop = shopOf({ 'models/a.sql': external(config) });
    const { diagnostics } = await sluice(shop, 'run');
    expect(diagnostics).toMatchObject([
      { code: 'external-file', family: 'Runtime Error', message: `'a' cannot be written to ${message}` },
    ]);
    expect(diagnostics[0]?.span?.file).toBe('models/a.sql');
    expect(files(shop)).toEqual([]);
    expect(await relations(shop)).toEqual([]);
  });

  test.each([
    ['the query', external('', "select error('no') as id")],
    ['the file', external("options={'codec': 'none_such'}", 'select 2 as id')],
    ['a hook', external('post_hook="select error(\'no\')"', 'select 2 as id')],
    ['its plugin', external("plugin='excel'", 'select 2 as id')],
  ])('because of %s leaves the file and the view that stood there', async (_, sql) => {
    const shop = shopOf({ 'models/a.sql': external('', 'select 1 as id') });
    await succeeds(shop);
    shop.write({ 'models/a.sql': sql });
    expect((await sluice(shop, 'run')).statuses).toEqual({ a: 'error' });
    expect(files(shop)).toEqual(['a.parquet']);
    expect(readdirSync(shop.path('out'))).toEqual(['.keep', 'a.parquet']);
    expect(await query(shop, 'select id from a')).toEqual([[1]]);
  });

  test('by a hook takes back a folder, too, and what was not there before', async () => {
    const sql = (n: number, more: string): string =>
      external(`options={'partition_by': 'p', 'overwrite': true}${more}`, `select ${n} as p, ${n} as id`);
    const failing = ', post_hook="select error(\'no\')"';
    const shop = shopOf({ 'models/a.sql': sql(1, failing) });
    expect((await sluice(shop, 'run')).statuses).toEqual({ a: 'error' });
    expect(readdirSync(shop.path('out'))).toEqual(['.keep']);
    shop.write({ 'models/a.sql': sql(1, '') });
    await succeeds(shop);
    shop.write({ 'models/a.sql': sql(2, failing) });
    expect((await sluice(shop, 'run')).statuses).toEqual({ a: 'error' });
    expect(readdirSync(shop.path('out'))).toEqual(['.keep', 'a']);
    expect(await query(shop, 'select id from a')).toEqual([[1]]);
  });

  test('because its plugin is Python says so', async () => {
    const shop = shopOf({ 'models/a.sql': external('glue_register=true') });
    expect((await sluice(shop, 'run')).diagnostics).toMatchObject([
      {
        code: 'external-plugin',
        message:
          "'a' has the configuration 'glue_register', and plugins of dbt-duckdb are Python, which does not run here",
        hint: 'nothing was written; leave it out, or write a macro store_relation(plugin, relation, location, format, config) of your own',
      },
    ]);
    expect(files(shop)).toEqual([]);
  });

  test('because its format is unknown says so', async () => {
    const shop = shopOf({ 'models/a.sql': external("format='xlsx'") });
    expect((await sluice(shop, 'run')).diagnostics[0]?.message).toBe(
      "the format 'xlsx' is none that models are written in: csv, parquet, json",
    );
  });
});

test('a location may be the address of a file on this machine', async () => {
  const shop = shopOf({});
  shop.write({ 'models/a.sql': external(`location='file://${shop.path('out/a.csv')}'`, 'select 2 as id') });
  await succeeds(shop);
  expect(files(shop)).toEqual(['a.csv']);
  expect(await query(shop, 'select id::int from a')).toEqual([[2]]);
});

test('a link to a file stays one, and the file that it points to is replaced', async () => {
  const shop = shopOf({
    'models/a.sql': external("location='out/a.csv'", 'select 2 as id'),
    'real/a.csv': 'id\n1\n',
  });
  symlinkSync('../real/a.csv', shop.path('out/a.csv'));
  await succeeds(shop);
  expect(shop.read('real/a.csv')).toBe('id\n2\n');
  expect(readdirSync(shop.path('real'))).toEqual(['a.csv']);
});

test('what dead runs left beside a file is removed by the next, and a folder that one had moved away is put back', async () => {
  const shop = shopOf({
    'models/a.sql': external('', 'select 1 as id'),
    'models/b.sql': external("options={'partition_by': 'p'}", "select error('no') as p, 1 as id"),
    'out/.a.parquet.sluice_1_0123456789ab_1/new': 'half',
    'out/.b.sluice_1_0123456789ab_7/old/p=1/data_0.csv': 'id\n1\n',
    'out/.b.sluice_1_0123456789ab_7/new/p=1/data_0.csv': 'id\n',
    'out/.other.parquet.sluice_1_0123456789ab_1/new': 'not ours to judge',
    'out/.a.parquet.sluice_notes': 'theirs',
  });
  expect((await sluice(shop, 'run')).statuses).toEqual({ a: 'success', b: 'error' });
  expect(files(shop)).toEqual([
    '.a.parquet.sluice_notes',
    '.other.parquet.sluice_1_0123456789ab_1/new',
    'a.parquet',
    'b/p=1/data_0.csv',
  ]);
});

test('a project that is not trusted writes no files', async () => {
  const shop = shopOf({ 'models/a.sql': external(''), 'models/b.sql': 'select 1 as id' });
  mkdirSync(shop.path('elsewhere'));
  const { diagnostics, outcome } = await sluice(shop, 'run', { restricted: true });
  expect(outcome).toBeNull();
  expect(diagnostics).toMatchObject([
    {
      code: 'restricted-external',
      message: '--restricted: model.shop.a is written to a file, outside of the warehouse',
    },
  ]);
  expect(files(shop)).toEqual([]);
  const { outcome: other } = await sluice(shop, 'run', { restricted: true, select: ['b'] });
  expect(other?.success).toBe(true);
});
