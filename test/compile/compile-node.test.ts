import { expect, test } from 'vitest';
import { sluice, testProject } from '../rig.ts';

const compiledSql = async (project: ReturnType<typeof testProject>, name: string, options: object = {}) => {
  const { outcome, diagnostics } = await sluice(project, 'compile', { select: [name], ...options });
  expect(diagnostics).toEqual([]);
  return outcome!.compiled[0]!.sql.replace(/\s+/g, ' ').trim();
};

test('a reference that only shows when it runs is refused, with what to write', async () => {
  const project = testProject({
    'models/a.sql': 'select 1 as id',
    'models/b.sql': "select * from {% if execute %}{{ ref('a') }}{% else %}nothing{% endif %}",
  });
  const { diagnostics } = await sluice(project, 'compile', { select: ['b'] });
  expect(diagnostics).toMatchObject([
    {
      code: 'ref-not-declared',
      hint: "add a comment that is always rendered: -- depends_on: {{ ref('a') }}",
      span: { file: 'models/b.sql' },
    },
  ]);
  project.write({
    'models/b.sql': "-- depends_on: {{ ref('a') }}\nselect * from {% if execute %}{{ ref('a') }}{% endif %}",
  });
  expect(await compiledSql(project, 'b')).toContain('select * from "shop"."main"."a"');
});

test('a source that only shows when the model runs is taken: nothing is built before it', async () => {
  const project = testProject({
    'models/raw.yml': 'sources: [{name: raw, tables: [{name: orders}]}]',
    'models/b.sql': "select * from {% if execute %}{{ source('raw', 'orders') }}{% else %}nothing{% endif %}",
  });
  expect(await compiledSql(project, 'b')).toBe('select * from "shop"."raw"."orders"');
});

test('a reference that only shows when it runs and that is nowhere is told with the nearest name', async () => {
  const project = testProject({
    'models/orders.sql': 'select 1 as id',
    'models/b.sql': "select * from {% if execute %}{{ ref('order') }}{% endif %}",
  });
  const { diagnostics } = await sluice(project, 'compile', { select: ['b'] });
  expect(diagnostics).toMatchObject([{ code: 'ref-not-found', hint: "did you mean 'orders'?" }]);
});

test('an ephemeral model that two models select from is put into both, with its parents in front', async () => {
  const project = testProject({
    'models/e.sql': "{{ config(materialized='ephemeral') }} select 1 as id",
    'models/f.sql': "{{ config(materialized='ephemeral') }} select * from {{ ref('e') }}",
    'models/a.sql': "select * from {{ ref('f') }} join {{ ref('e') }} using (id)",
    'models/b.sql': "with recursive r as (select * from {{ ref('f') }}) select * from r -- with",
  });
  expect(await compiledSql(project, 'a')).toMatch(
    /^with __dbt__cte__e as \( select 1 as id \), __dbt__cte__f as \( select \* from __dbt__cte__e \) select/,
  );
  expect(await compiledSql(project, 'b')).toMatch(/^with recursive __dbt__cte__e as .*, ?r as \(/);
  expect(await compiledSql(project, 'a', { injectEphemeralCtes: false })).toBe(
    'select * from __dbt__cte__f join __dbt__cte__e using (id)',
  );
});

test('an ephemeral model is published as what it is by itself, also where only others were asked for', async () => {
  const project = testProject({
    'models/e.sql': "{{ config(materialized='ephemeral') }}select 1 as id",
    'models/f.sql': "{{ config(materialized='ephemeral') }}select * from {{ ref('e') }}",
    'models/a.sql': "select * from {{ ref('f') }}",
  });
  await sluice(project, 'run', { select: ['a'] });
  const { nodes } = project.json<{ nodes: Record<string, { compiled_code: string; compiled_path: string }> }>(
    'target/manifest.json',
  );
  const texts = ['e', 'f'].map((name) => nodes[`model.shop.${name}`]!.compiled_code.replace(/\s+/g, ' '));
  expect(texts).toEqual([
    'select 1 as id',
    'with __dbt__cte__e as ( select 1 as id ) select * from __dbt__cte__e',
  ]);
  const { compiled_code: code, compiled_path: path } = nodes['model.shop.f']!;
  expect(project.read(path)).toBe(code);
});

test('graph holds every node under its id, in sections', async () => {
  const project = testProject({
    'models/a.sql': 'select 1 as id',
    'models/s.yml':
      'sources: [{name: raw, tables: [{name: t}]}]\nexposures: [{name: x, type: ml, owner: {name: me, email: me@x.org}}]',
    'models/b.sql':
      "select '{{ graph.nodes.keys() | sort | join(\",\") }} {{ graph.sources.keys() | join }} {{ graph.exposures.keys() | join }} {{ graph.nodes['model.shop.a'].config.materialized }}'",
  });
  expect(await compiledSql(project, 'b')).toBe(
    "select 'model.shop.a,model.shop.b source.shop.raw.t exposure.shop.x view'",
  );
});

test('nothing is written where no artifacts are wanted', async () => {
  const project = testProject({ 'models/a.sql': 'select 1 as id' });
  await sluice(project, 'compile', { writeJson: false });
  expect(project.has('target/compiled')).toBe(false);
  expect(project.has('target/manifest.json')).toBe(false);
});

test('a query in a template is refused where --no-introspect forbids it', async () => {
  const project = testProject({
    'models/a.sql': "select {{ run_query('select 1').rows | length if execute }} as n",
  });
  const { diagnostics } = await sluice(project, 'compile', { introspect: false });
  expect(diagnostics.map(({ code }) => code)).toEqual(['introspection-off']);
  expect(project.has('shop.duckdb')).toBe(false);
});

test.each([
  "adapter.get_columns_in_relation(ref('orders'))",
  "adapter.get_missing_columns(ref('orders'), ref('orders'))",
  'adapter.check_schema_exists(target.database, target.schema)',
  "adapter.get_column_schema_from_query('select 1 as id')",
])('a template that asks the warehouse by %s is refused where --no-introspect forbids it', async (call) => {
  const project = testProject({ 'models/orders.sql': 'select 1 as id' });
  await sluice(project, 'run');
  const options = { inline: `select '{{ ${call} }}'` };
  expect((await sluice(project, 'compile', options)).diagnostics).toEqual([]);
  const { diagnostics } = await sluice(project, 'compile', { ...options, introspect: false });
  expect(diagnostics.map(({ code }) => code)).toEqual(['introspection-off']);
});

test('whether a relation is there is told even under --no-introspect, as in dbt', async () => {
  const project = testProject({ 'models/orders.sql': 'select 1 as id' });
  await sluice(project, 'run');
  const inline =
    "{{ adapter.get_relation(target.database, target.schema, 'orders') }} {{ load_relation(ref('orders')) }}";
  const { outcome } = await sluice(project, 'compile', { inline, introspect: false });
  expect(outcome!.compiled[0]!.sql).toBe('"shop"."main"."orders" "shop"."main"."orders"');
});

test("sources and functions are not quoted by the project's rule, as in dbt", async () => {
  const project = testProject({
    'dbt_project.yml': 'name: shop\nversion: "1.0"\nprofile: shop\nquoting: {identifier: false}\n',
    'functions/f.sql': 'x + 1',
    'models/s.yml':
      'sources: [{name: raw, tables: [{name: t}]}, {name: old, quoting: {schema: false}, tables: [{name: u}]}]',
    'models/a.sql': "select {{ function('f') }}(1) from {{ source('raw', 't') }}, {{ source('old', 'u') }}",
    'models/b.sql': "select * from {{ ref('a') }}",
  });
  expect(await compiledSql(project, 'a')).toBe(
    'select "shop"."main"."f"(1) from "shop"."raw"."t", "shop".old."u"',
  );
  expect(await compiledSql(project, 'b')).toBe('select * from "shop"."main".a');
});
