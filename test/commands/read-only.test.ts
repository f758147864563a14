import { expect, test } from 'vitest';
import { readCatalog, readManifest } from '../../src/artifacts/read.ts';
import { cli, query, relations, sluice, testProject } from '../rig.ts';

const shop = {
  'seeds/raw.csv': 'id,name\n1,one\n2,two\n',
  'models/a.sql': "select * from {{ ref('raw') }} where id > 0",
  'models/b.sql': "{{ config(materialized='table') }} select id from {{ ref('a') }}",
  'models/schema.yml': 'models:\n  - name: a\n    description: all of them\n',
};

test.each(['parse', 'list'] as const)('%s leaves a manifest and opens no database', async (command) => {
  const project = testProject(shop);
  expect((await sluice(project, command)).outcome?.success).toBe(true);
  await readManifest(project.path('target/manifest.json'));
  expect(project.has('shop.duckdb')).toBe(false);
  expect(project.has('target/run_results.json')).toBe(false);
});

test('list prints names, paths, selectors or objects', async () => {
  const project = testProject(shop);
  const lines = async (options: object) => (await sluice(project, 'list', options)).outcome?.lines;
  expect(await lines({})).toEqual(['shop.a', 'shop.b', 'shop.raw']);
  expect(await lines({ output: 'name', select: ['+a'] })).toEqual(['a', 'raw']);
  expect(await lines({ output: 'path', resourceTypes: ['model'] })).toEqual(['models/a.sql', 'models/b.sql']);
  const [json] = (await lines({ output: 'json', outputKeys: ['name', 'depends_on'], select: ['b'] }))!;
  expect(JSON.parse(json!)).toEqual({ name: 'b', depends_on: { macros: [], nodes: ['model.shop.a'] } });
});

test('list names analyses only where they are asked for, as dbt', async () => {
  const project = testProject({ 'models/a.sql': 'select 1 as id', 'analyses/look.sql': 'select 1' });
  const lines = async (resourceTypes?: readonly string[]) =>
    (await sluice(project, 'list', resourceTypes === undefined ? {} : { resourceTypes })).outcome?.lines;
  expect(await lines()).toEqual(['shop.a']);
  expect(await lines(['default'])).toEqual(['shop.a']);
  expect(await lines(['analysis'])).toEqual(['shop.analysis.look']);
  expect(await lines(['all'])).toEqual(['shop.analysis.look', 'shop.a']);
  expect(await lines(['default', 'analysis'])).toEqual(['shop.analysis.look', 'shop.a']);
});

test('compile writes SQL and nothing into the database', async () => {
  const project = testProject(shop);
  await sluice(project, 'seed');
  const before = await relations(project);
  const { outcome } = await sluice(project, 'compile', { select: ['b'] });
  expect(outcome?.compiled).toEqual([
    { name: 'b', uniqueId: 'model.shop.b', sql: ' select id from "shop"."main"."a"' },
  ]);
  expect(project.has('target/compiled/shop/models/b.sql')).toBe(true);
  expect(project.has('target/run/shop/models/b.sql')).toBe(false);
  expect(await relations(project)).toEqual(before);
});

test('compile shows an ephemeral model that is selected, and tells it among the results', async () => {
  const project = testProject({
    'models/inner.sql': "{{ config(materialized='ephemeral') }}select 1 as id",
    'models/outer.sql': "select * from {{ ref('inner') }}",
  });
  const { outcome } = await sluice(project, 'compile', { select: ['inner'] });
  expect(outcome?.compiled).toMatchObject([{ name: 'inner', sql: 'select 1 as id' }]);
  const ids = () =>
    project
      .json<{ results: { unique_id: string }[] }>('target/run_results.json')
      .results.map(({ unique_id: id }) => id);
  expect(ids()).toEqual(['model.shop.inner']);
  await sluice(project, 'compile', { select: ['+outer'] });
  expect(ids()).toEqual(['model.shop.inner', 'model.shop.outer']);
  for (const command of ['compile', 'run'] as const) {
    await sluice(project, command);
    expect(ids()).toEqual(['model.shop.outer']);
  }
});

test('compile shows a node by the name of its version or file as well, and none that is only met', async () => {
  const project = testProject({
    'models/b_v1.sql': 'select 1 as id',
    'models/b_v2.sql': 'select 2 as id',
    'models/s.yml': 'models: [{name: b, config: {tags: [b]}, versions: [{v: 1}, {v: 2}]}]',
  });
  const compiled = async (criterion: string) =>
    (await sluice(project, 'compile', { select: [criterion] })).outcome?.compiled.map(
      ({ uniqueId }) => uniqueId,
    );
  for (const spelt of ['b.v1', '+b_v1', 'fqn:shop.b.v1', 'b_v1.sql', 'file:b_v1.sql', 'models/b_v1.sql']) {
    expect([spelt, await compiled(spelt)]).toEqual([spelt, ['model.shop.b.v1']]);
  }
  expect(await compiled('b')).toEqual(['model.shop.b.v1', 'model.shop.b.v2']);
  expect(await compiled('tag:b')).toEqual([]);
  const { outcome } = await sluice(project, 'show', { select: ['b'] });
  expect(outcome?.shown.map(({ name }) => name)).toEqual(['b.v1', 'b.v2']);
});

test('compile of models that ask nothing of the warehouse makes no database', async () => {
  const project = testProject(shop);
  expect((await sluice(project, 'compile')).outcome?.success).toBe(true);
  expect(project.has('shop.duckdb')).toBe(false);
});

test('compile of a template on the command line prints what it renders to', async () => {
  const project = testProject(shop);
  const { outcome } = await sluice(project, 'compile', { inline: "select * from {{ ref('a') }}" });
  expect(outcome?.compiled).toMatchObject([{ name: null, sql: 'select * from "shop"."main"."a"' }]);
  expect((await cli(project, ['compile', '--inline', 'select {{ 1 + 1 }}'])).out).toContain('select 2');
});

test('models that fail to compile are told together, the others are written, and the exit code is 2', async () => {
  const project = testProject({
    ...shop,
    'models/c.sql': "{{ run_query('select nothing') }}",
    'models/d.sql': '{{ nowhere() }}',
  });
  const { outcome, diagnostics } = await sluice(project, 'compile');
  expect(outcome).toBeNull();
  expect(diagnostics.map(({ code }) => code).sort()).toEqual([
    'template-undefined-error',
    'warehouse-syntax',
  ]);
  expect(project.has('target/compiled/shop/models/b.sql')).toBe(true);
  expect((await cli(project, ['compile'])).code).toBe(2);
});

test('show gives the first rows of a model, a seed or a query', async () => {
  const project = testProject(shop);
  await sluice(project, 'build');
  const shown = async (options: object) => (await sluice(project, 'show', options)).outcome!.shown[0]!;
  expect(await shown({ select: ['a'] })).toMatchObject({
    name: 'a',
    columns: [{ name: 'id' }, { name: 'name' }],
    rows: [
      [1, 'one'],
      [2, 'two'],
    ],
  });
  expect((await shown({ select: ['raw'], limit: 1 })).rows).toHaveLength(1);
  expect((await shown({ inline: "select count(*) as n from {{ ref('b') }} -- two" })).rows).toEqual([[2]]);
});

test('show previews every node that is named, and nothing where nothing is selected', async () => {
  const project = testProject(shop);
  await sluice(project, 'build');
  const both = await sluice(project, 'show', { select: ['+a', 'b'] });
  expect(both.outcome?.shown.map(({ name }) => name)).toEqual(['a', 'b']);
  const none = await sluice(project, 'show', { select: ['c'] });
  expect(none.outcome).toEqual({ success: true, interrupted: false, shown: [] });
  expect(none.events.some(({ name }) => name === 'nothing-selected')).toBe(true);
});

test('show --output json prints the rows', async () => {
  const project = testProject(shop);
  await sluice(project, 'build');
  const { code, out } = await cli(project, ['show', '--select', 'b', '--output', 'json', '--quiet']);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({ node: 'b', show: [{ id: 1 }, { id: 2 }] });
});

test.each([
  [{}, 'show needs to know what to show'],
  [{ inline: 'select 1; select 2' }, "cannot preview 'inline_query': it holds 2 statements, not one query"],
])('show of %j is refused', async (options, message) => {
  const { outcome, diagnostics } = await sluice(testProject(shop), 'show', options);
  expect(outcome).toBeNull();
  expect(diagnostics).toHaveLength(1);
  expect(diagnostics[0]!.message).toContain(message);
});

test('show of a query that is wrong points at the place in it', async () => {
  const project = testProject(shop);
  const { code, out } = await cli(project, ['show', '--inline', 'select 1 as id,\n  nothing']);
  expect(code).toBe(2);
  expect(out).toContain('2 |   nothing\n');
});

test('debug says what it found, and fails with exit code 1', async () => {
  const project = testProject(shop);
  const good = await cli(project, ['debug']);
  expect(good.code).toBe(0);
  expect(good.out).toContain('profile: shop, target dev, adapter duckdb');
  expect(good.out).toContain('All checks passed');
  expect(project.has('shop.duckdb')).toBe(false);
  // As in dbt, what the project's resources have wrong is not debug's to say.
  project.write({ 'models/wrong.yml': 'models: 7\n', 'models/wrong.sql': '{{ ref(' });
  expect((await cli(project, ['debug'])).code).toBe(0);
  const bad = await cli(project, ['debug', '--target', 'prod']);
  expect(bad.code).toBe(1);
  expect(bad.out).toContain("The profile 'shop' does not have a target named 'prod'");
});

test('docs generate writes a catalog of what stands in the warehouse', async () => {
  const project = testProject(shop);
  await sluice(project, 'build');
  const made = await sluice(project, 'docsGenerate', { static: true });
  expect(made.outcome).toEqual({
    success: true,
    interrupted: false,
    files: [project.path('target/catalog.json'), project.path('target/static_index.html')],
  });
  const catalog = await readCatalog(project.path('target/catalog.json'));
  expect(Object.keys(catalog.nodes).sort()).toEqual(['model.shop.a', 'model.shop.b', 'seed.shop.raw']);
  expect(catalog.nodes['model.shop.a']).toMatchObject({
    metadata: { type: 'VIEW', schema: 'main', name: 'a' },
    columns: { id: { type: 'INTEGER', index: 1 }, name: { type: 'VARCHAR', index: 2 } },
  });
  expect(project.read('target/static_index.html')).toContain('model.shop.b');
});

test('docs generate without compiling leaves the manifest as it is, with the SQL that a run put there', async () => {
  const project = testProject(shop);
  await sluice(project, 'docsGenerate', { compile: false });
  expect(project.has('target/manifest.json')).toBe(false);
  await sluice(project, 'build');
  const left = project.read('target/manifest.json');
  await sluice(project, 'docsGenerate', { compile: false });
  expect(project.read('target/manifest.json')).toBe(left);
  expect(left).toContain('"compiled_code":"select');
});

test('clean removes the clean-targets and nothing else', async () => {
  const project = testProject({
    ...shop,
    'dbt_project.yml': 'name: shop\nprofile: shop\nclean-targets: [target, packages, never]\n',
    'packages/x.txt': 'x',
  });
  await sluice(project, 'build');
  const { outcome } = await sluice(project, 'clean');
  expect(outcome?.removed).toEqual([project.path('target'), project.path('packages')]);
  expect(project.has('target')).toBe(false);
  expect(await query(project, 'select count(*)::int from b')).toEqual([[2]]);
});

test('clean removes nothing where one of its targets may not go', async () => {
  const project = testProject({
    ...shop,
    'dbt_project.yml': 'name: shop\nprofile: shop\nclean-targets: [target, models, ../elsewhere]\n',
    'target/x.txt': 'x',
  });
  const { diagnostics } = await sluice(project, 'clean');
  expect(diagnostics.map(({ code }) => code)).toEqual(['clean-source-path', 'clean-outside-project']);
  expect(project.has('target/x.txt')).toBe(true);
});

test('clean takes no folder of resources, functions among them', async () => {
  const project = testProject({
    ...shop,
    'dbt_project.yml': 'name: shop\nprofile: shop\nclean-targets: [functions, analyses]\n',
    'functions/f.sql': 'select 1',
  });
  const { diagnostics } = await sluice(project, 'clean');
  expect(diagnostics.map(({ code }) => code)).toEqual(['clean-source-path', 'clean-source-path']);
  expect(project.has('functions/f.sql')).toBe(true);
});

test('a materialized query of the warehouse may be asked while compiling', async () => {
  const project = testProject({
    ...shop,
    'models/c.sql':
      "-- depends_on: {{ ref('raw') }}\nselect {{ run_query('select max(id) from raw').columns[0].values()[0] if execute }} as top",
  });
  await sluice(project, 'seed');
  const { outcome } = await sluice(project, 'compile', { select: ['c'] });
  expect(outcome?.compiled[0]?.sql).toContain('select 2 as top');
});
