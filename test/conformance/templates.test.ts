import { describe, expect, test } from 'vitest';
import { sluice } from '../rig.ts';
import { succeeds } from './succeeds.ts';
import { warehouses } from './warehouses.ts';

describe.each(warehouses)('$name', ({ project, facts }) => {
  test('templates read this, target, var, config, graph and the warehouse', async () => {
    const shop = project({
      'dbt_project.yml': 'name: shop\nprofile: shop\nvars: {limit: 3}\n',
      'seeds/raw.csv': 'id,name\n1,x\n2,y\n',
      'models/a.sql': `{{ config(materialized='table', meta={'owner': 'me'}) }}
-- depends_on: {{ ref('raw') }}
{% set names = run_query('select name from ' ~ ref('raw') ~ ' order by 1').columns[0].values() if execute else [] %}
{% set columns = adapter.get_columns_in_relation(ref('raw')) | map(attribute='name') | list if execute else [] %}
{% call statement('counted', fetch_result=True) %} select count(*) from {{ ref('raw') }} {% endcall %}
{% set nothing = adapter.get_relation(this.database, this.schema, 'nowhere') %}
{% set there = adapter.get_relation(this.database, this.schema, 'raw') %}
select
  '{{ this.identifier }}' as this_name,
  '{{ this }}' as this_full,
  '{{ names | join("+") }}' as names,
  '{{ columns | join("+") }}' as columns,
  {{ load_result('counted').data[0][0] if execute else 0 }} as counted,
  {{ var('limit') + 1 }} as var_plus,
  '{{ config.get('materialized') }}/{{ config.get('meta')['owner'] }}/{{ config.get('none', 'default') }}' as config,
  {{ graph.nodes | length if execute else 0 }} as nodes,
  '{{ nothing is none }} {{ there.type if execute }}' as found,
  '{{ model.unique_id }}' as id,
  '{{ target.type }}.{{ target.schema }}' as target`,
    });
    await succeeds(shop, 'build');
    expect(await shop.rows('select * from a')).toEqual([
      [
        'a',
        `"${shop.database}"."${shop.schema}"."a"`,
        'x+y',
        'id+name',
        2,
        4,
        'table/me/default',
        2,
        'True table',
        'model.shop.a',
        `${facts.type}.${shop.schema}`,
      ],
    ]);
  });

  test('a ref without a version tells of a newer one than the latest, once for each node', async () => {
    const shop = project({
      'models/pears.yml':
        'models: [{name: pears, latest_version: 2, versions: [{v: 1}, {v: 2}, {v: 10}]}, {name: plums, versions: [{v: 9}, {v: 10}]}]',
      ...Object.fromEntries(
        ['pears_v1', 'pears_v2', 'pears_v10', 'plums_v9', 'plums_v10'].map((name) => [
          `models/${name}.sql`,
          'select 1 as a',
        ]),
      ),
      'models/open.sql':
        "select 1 as a from {{ ref('pears') }} join {{ ref('pears') }} as p on true, {{ ref('plums') }}",
      'models/pinned.sql': "select 1 as a from {{ ref('pears', v=2) }}",
    });
    const { events } = await succeeds(shop, 'run');
    expect(events.filter(({ name }) => name === 'prerelease-available')).toEqual([
      {
        name: 'prerelease-available',
        uniqueId: 'model.shop.open',
        model: { name: 'pears', packageName: 'shop', version: '2' },
        newest: '10',
      },
    ]);
  });

  test('thread_id is the worker that a node and its hooks were given to', async () => {
    const shop = project({
      'macros/seen.sql': '{% macro seen() %}{% set by = thread_id %}{{ return(by) }}{% endmacro %}',
      'models/a.sql': `{{ config(materialized='table', post_hook="insert into {{ this }} values ('{{ thread_id }}')") }}
select '{{ seen() }}' as told`,
      'tests/b.sql': "select 1 as a where '{{ thread_id }}' not like 'Thread-%'",
    });
    const { outcome } = await succeeds(shop, 'build', { threads: 1 });
    const { threadId } = outcome!.results[0]!;
    expect(threadId).toBe('Thread-1 (worker)');
    expect(await shop.rows('select * from a')).toEqual([[threadId], [threadId]]);
  });

  test('a statement gives its result once, the main one as often as it is asked for', async () => {
    const shop = project({
      'models/twice.sql': `{% call statement('counted', fetch_result=True) %} select 1 as a {% endcall %}
select {{ (load_result('counted').table | length ~ load_result('counted').table | length) if execute else 0 }} as a`,
      'models/once.sql': `{% call statement('main', fetch_result=True) %} select 1 as a {% endcall %}
{% set nothing = load_result('nothing') %}
select {{ (load_result('main').data[0][0] + load_result('main').data[0][0]) if execute else 0 }} as a,
  '{{ nothing }}' as b`,
    });
    const { statuses, diagnostics } = await sluice(shop, 'run');
    expect(statuses).toEqual({ once: 'success', twice: 'error' });
    expect(diagnostics.map(({ message }) => message)).toEqual([
      "the result of the statement 'counted' was loaded before, and is given once only",
    ]);
    expect(await shop.rows('select a, b from once')).toEqual([[2, 'None']]);
  });

  test("the adapter's columns of a relation are what the project's macro of that name gives", async () => {
    const names = "{{ adapter.get_columns_in_relation(ref('raw')) | map(attribute='name') | list | string }}";
    const shop = project({
      'seeds/raw.csv': 'id,name\n1,x\n',
      'models/a.sql': `select '{{ ${names.slice(3, -3)} | replace("'", '') if execute }}' as a from {{ ref('raw') }}`,
    });
    await succeeds(shop, 'build');
    expect(await shop.rows('select a from a')).toEqual([['[id, name]']]);
    const own = `{% macro ${facts.type}__get_columns_in_relation(relation) %}
      {% set all = dbt.${facts.type}__get_columns_in_relation(relation) %}
      {{ return(all[1:]) }}
    {% endmacro %}`;
    shop.write({ 'macros/columns.sql': own });
    await succeeds(shop, 'build');
    expect(await shop.rows('select a from a')).toEqual([['[name]']]);
    const whole = "{% macro get_columns_in_relation(relation) %}{{ return([{'name': 'z'}]) }}{% endmacro %}";
    shop.write({ 'macros/columns.sql': whole });
    await succeeds(shop, 'build');
    expect(await shop.rows('select a from a')).toEqual([['[z]']]);
  });

  test("packages read the run's own configuration behind ref, which is nothing that dbt documents", async () => {
    const shop = project({
      'dbt_project.yml': 'name: shop\nversion: 1.2.0\nprofile: shop\nvars: {limit: 3}\n',
      'macros/conf.sql': '{% macro conf() %}{{ return(builtins.ref.config) }}{% endmacro %}',
      'models/one.sql': 'select 1 as id',
      'models/a.sql': `{% set conf = conf() %}
select '{{ conf.project_name }} {{ conf.dependencies["shop"].version }} {{ conf.vars.to_dict()["limit"] }}' as a,
  '{{ conf.cli_vars["more"] }} {{ conf.args.which }} {{ conf.nothing is defined }}' as b
from {{ builtins.ref('one') }}`,
    });
    await succeeds(shop, 'run', { vars: { more: 4 } });
    expect(await shop.rows('select * from a')).toEqual([['shop 1.2.0 3', '4 run False']]);
  });

  test('what a macro makes, renames and drops through the adapter is there, renamed and gone', async () => {
    const shop = project({
      'models/a.sql': `{{ config(materialized='table') }}
{% if execute %}
  {% set old = api.Relation.create(database=this.database, schema=this.schema, identifier='made', type='table') %}
  {% set new = api.Relation.create(database=this.database, schema=this.schema, identifier='renamed', type='table') %}
  {% set gone = api.Relation.create(database=this.database, schema=this.schema, identifier='gone', type='view') %}
  {% do run_query('create table ' ~ old ~ ' as select 1 as id') %}
  {% do run_query('create view ' ~ gone ~ ' as select 1 as id') %}
  {% do adapter.rename_relation(old, new) %}
  {% do adapter.drop_relation(gone) %}
  {% do adapter.create_schema(api.Relation.create(database=this.database, schema=this.schema ~ '_other')) %}
  {% do run_query('create table ' ~ this.schema ~ '_other.b as select 2 as id') %}
{% endif %}
select 1 as id`,
    });
    await succeeds(shop, 'run');
    expect(await shop.relations()).toEqual(['a table', 'other.b table', 'renamed table']);
  });

  test('the answer of run_query is undefined while the project is parsed, so that loops over it are empty', async () => {
    const shop = project({
      'macros/ask.sql': `{% macro ids() %}{% for row in run_query('select 7 as id') %}{{ row.id }}{% endfor %}{% endmacro %}
{% macro told() %}{% set answer = run_query('select 1') %}
  {{- return([answer is none, answer is undefined, answer | length]) }}{% endmacro %}`,
      'models/a.sql': `{{ config(materialized='table', meta={'ids': ids(), 'told': told()}) }} select {{ ids() }} as id`,
    });
    await succeeds(shop, 'run');
    const { nodes } = JSON.parse(shop.read('target/manifest.json'));
    expect(nodes['model.shop.a'].config.meta).toEqual({ ids: '', told: [false, true, 0] });
    expect(await shop.rows('select id from a')).toEqual([[7]]);
  });

  test('what a template wrote before it failed is taken back where it began a transaction', async () => {
    const shop = project({
      'models/a.sql': `{% if execute %}
  {% call statement('wrote', auto_begin=true) %} create table {{ this.schema }}.made as select 1 as id {% endcall %}
  {{ exceptions.raise_compiler_error('no') }}
{% endif %} select 1 as id`,
    });
    const { statuses } = await sluice(shop, 'run');
    expect(statuses).toEqual({ a: 'error' });
    expect(await shop.relations()).toEqual([]);
  });
});
