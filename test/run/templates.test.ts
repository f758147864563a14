import { expect, test } from 'vitest';
import { query, relations, sluice, testProject } from '../rig.ts';

test('ephemeral models become common table expressions, through a chain and beside others', async () => {
  const project = testProject({
    'models/base.sql': "{{ config(materialized='ephemeral') }} select 1 as id",
    'models/middle.sql': "{{ config(materialized='ephemeral') }} select id + 1 as id from {{ ref('base') }}",
    'models/a.sql': `with own as (select 10 as id)
select id from {{ ref('middle') }} union all select id from {{ ref('base') }} union all select id from own`,
  });
  const { statuses } = await sluice(project, 'build');
  expect(statuses).toEqual({ a: 'success' });
  expect(await query(project, 'from a order by all')).toEqual([[1], [2], [10]]);
  expect(await relations(project)).toEqual(['main.a view']);
  const compiled = project.read('target/compiled/shop/models/a.sql').replace(/\s+/g, ' ');
  expect(compiled).toMatch(/^with __dbt__cte__base as \( .*\), __dbt__cte__middle as \( .*\), ?own as/);
});

test('templates read this, target, var, config, graph and the warehouse', async () => {
  const project = testProject({
    'dbt_project.yml': 'name: shop\nprofile: shop\nvars: {limit: 3}\n',
    'seeds/raw.csv': 'id,name\n1,x\n2,y\n',
    'models/a.sql': `{{ config(materialized='table', meta={'owner': 'me'}) }}
-- depends_on: {{ ref('raw') }}
{% set names = run_query('select name from ' ~ ref('raw') ~ ' order by 1').columns[0].values() if execute else [] %}
{% set columns = adapter.get_columns_in_relation(ref('raw')) | map(attribute='name') | list if execute else [] %}
{% call statement('counted', fetch_result=True) %} select count(*) from {{ ref('raw') }} {% endcall %}
{% set nothing = adapter.get_relation(this.database, this.schema, 'nowhere') %}
select
  '{{ this.identifier }}' as this_name,
  '{{ this }}' as this_full,
  '{{ names | join("+") }}' as names,
  '{{ columns | join("+") }}' as columns,
  {{ load_result('counted').data[0][0] if execute else 0 }} as counted,
  {{ var('limit') + 1 }} as var_plus,
  '{{ config.get('materialized') }}/{{ config.get('meta')['owner'] }}/{{ config.get('none', 'default') }}' as config,
  {{ graph.nodes | length if execute else 0 }} as nodes,
  '{{ nothing is none }}' as nothing,
  '{{ model.unique_id }}' as id,
  '{{ target.type }}.{{ target.schema }}' as target`,
  });
  const { diagnostics } = await sluice(project, 'build');
  expect(diagnostics).toEqual([]);
  expect(await query(project, 'from a')).toEqual([
    [
      'a',
      '"shop"."main"."a"',
      'x+y',
      'id+name',
      2,
      4,
      'table/me/default',
      2,
      'True',
      'model.shop.a',
      'duckdb.main',
    ],
  ]);
});

test('run hooks see the run: before it nothing, after it every result and schema', async () => {
  const project = testProject({
    'dbt_project.yml': `name: shop
profile: shop
on-run-start:
  - create table if not exists log (line varchar)
  - "insert into log values ('start {{ flags.WHICH }}')"
on-run-end:
  - "{% for r in results %}insert into log values ('{{ r.node.name }} {{ r.status }}'); {% endfor %}"
  - "insert into log values ('{{ schemas | join(',') }}')"
`,
    'models/a.sql': 'select 1 as id',
    'models/b.sql': 'select nothing',
  });
  const { statuses } = await sluice(project, 'run', { threads: 1 });
  expect(statuses).toMatchObject({
    'shop-on-run-start-0': 'success',
    a: 'success',
    b: 'error',
    'shop-on-run-end-1': 'success',
  });
  expect(await query(project, 'from log')).toEqual([['start run'], ['a success'], ['b error'], ['main']]);
});

test('a failed hook at the start is a failure of the run, and stops it where the project says so', async () => {
  const project = testProject({
    'dbt_project.yml': 'name: shop\nprofile: shop\non-run-start: [select nothing, select 1]\n',
    'models/a.sql': 'select 1 as id',
  });
  const lenient = await sluice(project, 'run');
  expect(lenient.outcome?.success).toBe(false);
  expect(lenient.statuses).toEqual({
    'shop-on-run-start-0': 'error',
    'shop-on-run-start-1': 'skipped',
    a: 'success',
  });
  project.write({
    'dbt_project.yml':
      'name: shop\nprofile: shop\nflags: {skip_nodes_if_on_run_start_fails: true}\non-run-start: [select nothing]\n',
  });
  const strict = await sluice(project, 'run');
  expect(strict.statuses).toEqual({ 'shop-on-run-start-0': 'error', a: 'skipped' });
  expect(strict.messages['a']).toBe('Skipping because of a failed on-run-start hook');
});

test('names come from the overrides of the project', async () => {
  const project = testProject({
    'macros/names.sql': `{% macro generate_schema_name(custom, node) %}{{ 'made_' ~ (custom or 'plain') }}{% endmacro %}
{% macro generate_alias_name(custom, node) %}{{ 't_' ~ (custom or node.name) }}{% endmacro %}`,
    'models/a.sql': "{{ config(schema='x') }} select 1 as id",
    'models/b.sql': "{{ config(alias='bee') }} select * from {{ ref('a') }}",
  });
  await sluice(project, 'build');
  expect(await relations(project)).toEqual(['made_plain.t_bee view', 'made_x.t_a view']);
});

test('a macro may stand in for ref and call the real one', async () => {
  const project = testProject({
    'macros/ref.sql': `{% macro ref() %}
{%- set relation = builtins.ref(*varargs, **kwargs) -%}
{%- do return(relation.include(database=false)) -%}
{% endmacro %}`,
    'models/a.sql': 'select 1 as id',
    'models/b.sql': "select * from {{ ref('a') }}",
  });
  await sluice(project, 'build');
  expect(project.read('target/compiled/shop/models/b.sql')).toContain('from "main"."a"');
});

test('an override of a macro that builds relations is what builds them', async () => {
  const project = testProject({
    'macros/create.sql': `{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) %}
create or replace table {{ relation }} as (select *, 'by us' as made from ({{ compiled_code }}) as inner_query)
{% endmacro %}`,
    'models/a.sql': "{{ config(materialized='table') }} select 1 as id",
  });
  const { diagnostics } = await sluice(project, 'build');
  expect(diagnostics).toEqual([]);
  expect(await query(project, 'from a')).toEqual([[1, 'by us']]);
});

test('a variable may be a template, rendered where it is read', async () => {
  const project = testProject({
    'dbt_project.yml': `name: shop
profile: shop
vars:
  word: hello
  sentence: "{{ var('word') }} {{ env_var('WHO', 'you') }} of {{ target.name }}"
  ring: "{{ var('other') }}"
  other: "{{ var('ring') }}"
`,
    'models/a.sql': "select '{{ var('sentence') }}' as sentence, {{ var.has_var('ring') }} as has",
  });
  await sluice(project, 'build', { env: { WHO: 'World' } });
  expect(await query(project, 'from a')).toEqual([['hello World of dev', true]]);
  project.write({ 'models/a.sql': "select '{{ var('ring') }}'" });
  const { diagnostics } = await sluice(project, 'build');
  expect(diagnostics.map(({ message }) => message)).toEqual([
    'the variables need each other: ring -> other -> ring',
  ]);
});

test('a disabled model is no part of the project', async () => {
  const project = testProject({
    'models/a.sql': '{{ config(enabled=false) }} select nothing',
    'models/b.sql': "{{ config(enabled=var('on', false)) }} select 1 as id",
    'models/c.sql': 'select 1 as id',
  });
  expect((await sluice(project, 'build')).statuses).toEqual({ c: 'success' });
  expect((await sluice(project, 'build', { vars: { on: true } })).statuses).toEqual({
    b: 'success',
    c: 'success',
  });
});

test('log and print of a template are events of their node', async () => {
  const project = testProject({
    'models/a.sql':
      "{% if execute %}{% do log('aloud', info=true) %}{% do log('softly') %}{% do print('printed') %}{% endif %} select 1 as id",
  });
  const { events } = await sluice(project, 'run');
  expect(events.filter(({ name }) => name === 'template-log' || name === 'template-print')).toMatchObject([
    { text: 'aloud', level: 'info' },
    { text: 'softly', level: 'debug' },
    { text: 'printed' },
  ]);
});
