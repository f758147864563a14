import { describe, expect, test } from 'vitest';
import { sluice } from '../rig.ts';
import { succeeds } from './succeeds.ts';
import { warehouses } from './warehouses.ts';

describe.each(warehouses)('$name', ({ project, types }) => {
  test('models and seeds become what they are configured to be, and a second run changes nothing', async () => {
    const shop = project({
      'seeds/raw.csv': 'id,name\n1,one\n2,two\n',
      'models/default.sql': "select id, name from {{ ref('raw') }}",
      'models/table.sql':
        "{{ config(materialized='table') }} select id, upper(name) as name from {{ ref('default') }}",
      'models/grows.sql':
        "{{ config(materialized='incremental', unique_key='id') }} select id, name from {{ ref('table') }}",
      'models/nothing.sql': "{{ config(materialized='table') }} select id from {{ ref('raw') }} where id > 9",
    });
    const stands = async () => {
      expect(await shop.relations()).toEqual([
        'default view',
        'grows table',
        'nothing table',
        'raw table',
        'table table',
      ]);
      expect(await shop.columns('raw')).toEqual([`id ${types.integer}`, `name ${types.text}`]);
      expect(await shop.rows('select * from grows order by id')).toEqual([
        [1, 'ONE'],
        [2, 'TWO'],
      ]);
      expect(await shop.rows('select * from nothing')).toEqual([]);
    };
    await succeeds(shop, 'build');
    await stands();
    await succeeds(shop, 'build');
    await stands();
    await succeeds(shop, 'build', { fullRefresh: true });
    await stands();
  });

  test('relations of every kind turn into each other and back', async () => {
    const shop = project();
    const kinds = ['view', 'table', 'view', 'incremental', 'seed', 'view', 'seed', 'table'] as const;
    for (const [index, kind] of kinds.entries()) {
      shop.write({
        'models/a.sql': kind === 'seed' ? null : `{{ config(materialized='${kind}') }} select ${index} as id`,
        'seeds/a.csv': kind === 'seed' ? `id\n${index}\n` : null,
      });
      await succeeds(shop, 'build');
      expect(await shop.relations()).toEqual([`a ${kind === 'view' ? 'view' : 'table'}`]);
      expect(await shop.rows('select * from a')).toEqual([[index]]);
    }
  });

  test('a view may gain, lose and retype columns, and views over it follow', async () => {
    const shop = project({ 'models/over.sql': "select * from {{ ref('a') }}" });
    for (const [index, columns] of [
      '1 as id',
      "1 as id, 'x' as more",
      "'y' as more",
      '2.5 as more',
    ].entries()) {
      shop.write({ 'models/a.sql': `select ${columns}` });
      await succeeds(shop, 'build');
      const value = [1, 'x', 'y', 2.5][index];
      const rows = await shop.rows('select * from over');
      expect(rows[0]!.at(-1)).toBe(value);
    }
  });

  test('ephemeral models become common table expressions, in chains, beside others, and in tests', async () => {
    const shop = project({
      'models/base.sql': "{{ config(materialized='ephemeral') }} select 1 as id",
      'models/middle.sql':
        "{{ config(materialized='ephemeral') }} select id + 1 as id from {{ ref('base') }}",
      'models/a.sql': `with own as (select 10 as id)
select id from {{ ref('middle') }} union all select id from {{ ref('base') }} union all select id from own`,
      'models/b.sql':
        "{{ config(materialized='incremental', unique_key='id') }} with recursive n as (select 1 as i union all select i + 1 from n where i < 3) select n.i as id from n join {{ ref('middle') }} as m on n.i <= m.id",
      'models/schema.yml':
        'models: [{name: middle, columns: [{name: id, data_tests: [not_null, accepted_values: {arguments: {values: [2], quote: false}}]}]}]',
      'tests/two.sql': "select * from {{ ref('middle') }} where id <> 2",
    });
    const { statuses } = await succeeds(shop, 'build');
    expect(Object.values(statuses).sort()).toEqual(['pass', 'pass', 'pass', 'success', 'success']);
    await succeeds(shop, 'build');
    expect(await shop.rows('select * from a order by id')).toEqual([[1], [2], [10]]);
    expect(await shop.rows('select * from b order by id')).toEqual([[1], [2]]);
    expect(await shop.relations()).toEqual(['a view', 'b table']);
    const compiled = shop.read('target/compiled/shop/models/a.sql').replace(/\s+/g, ' ');
    expect(compiled).toMatch(/^with __dbt__cte__base as \( .*\), __dbt__cte__middle as \( .*\), ?own as/);
  });

  test('aliases, schemas and databases say where a relation stands', async () => {
    const shop = project({
      'models/a.sql': "{{ config(alias='ay', schema='marts', database=target.database) }} select 1 as id",
      'models/b.sql': "{{ config(alias='ay', materialized='table') }} select id from {{ ref('a') }}",
      'seeds/s.csv': 'id\n1\n',
      'seeds/seeds.yml': 'seeds: [{name: s, config: {schema: raw, alias: es}}]',
    });
    await succeeds(shop, 'build');
    await succeeds(shop, 'build');
    expect(await shop.relations()).toEqual(['ay table', 'marts.ay view', 'raw.es table']);
  });

  test('names come from the overrides of the project', async () => {
    const shop = project({
      'macros/names.sql': `{% macro generate_schema_name(custom, node) %}{{ target.schema ~ '_made_' ~ (custom or 'plain') }}{% endmacro %}
{% macro generate_alias_name(custom, node) %}{{ 't_' ~ (custom or node.name) }}{% endmacro %}`,
      'models/a.sql': "{{ config(schema='x') }} select 1 as id",
      'models/b.sql': "{{ config(alias='bee') }} select * from {{ ref('a') }}",
    });
    await succeeds(shop, 'build');
    expect(await shop.relations()).toEqual(['made_plain.t_bee view', 'made_x.t_a view']);
  });

  test('statements of a sql_header stand before the query, in the same session', async () => {
    const header = `{% call set_sql_header(config) %}
create temporary table factor as select 3 as n; -- used below
{%- endcall %}`;
    const shop = project({
      'models/a.sql': `{{ config(materialized='table') }} ${header} select 2 * n as six from factor`,
      'models/b.sql': `{{ config(materialized='incremental') }} ${header} select n as three from factor`,
    });
    for (const rows of [1, 2]) {
      await succeeds(shop, 'run');
      expect(await shop.rows('select six from a')).toEqual([[6]]);
      expect(await shop.rows('select three from b')).toEqual(Array.from({ length: rows }, () => [3]));
    }
    expect(await shop.relations()).toEqual(['a table', 'b table']);
  });

  test('a sql_header stands before the query where its columns are compared with a contract, and where it is shown', async () => {
    const header = "{% call set_sql_header(config) %}set timezone = 'Asia/Kolkata';{%- endcall %}";
    const part = '{% call set_sql_header(config) %}with factor as (select 4 as n){% endcall %}';
    const shop = project({
      'models/a.sql': `{{ config(materialized='table') }} ${header} select current_setting('timezone') as zone -- here`,
      'models/b.sql': `{{ config(materialized='ephemeral') }} ${part} select n from factor`,
      'models/a.yml':
        'models: [{name: a, config: {contract: {enforced: true}}, columns: [{name: zone, data_type: text}]}]',
    });
    const shown = async (name: string) =>
      (await sluice(shop, 'show', { select: [name] })).outcome?.shown[0]?.rows;
    expect(await shown('a')).toEqual([['Asia/Kolkata']]);
    expect(await shown('b')).toEqual([[4]]);
    await succeeds(shop, 'run', { select: ['a'] });
    expect(await shop.rows('select zone from a')).toEqual([['Asia/Kolkata']]);
    shop.write({ 'models/a.yml': shop.read('models/a.yml').replace('text', 'integer') });
    const { diagnostics } = await sluice(shop, 'run', { select: ['a'] });
    expect(diagnostics).toMatchObject([{ message: expect.stringContaining('data type mismatch') }]);
  });

  test('an override of a macro that builds relations is what builds them', async () => {
    const shop = project({
      'macros/create.sql': `{% macro get_create_table_as_sql(temporary, relation, sql) %}
{{ dbt.get_create_table_as_sql(temporary, relation, "select inner_query.*, 'by us' as made from (" ~ sql ~ ") as inner_query") }}
{% endmacro %}`,
      'models/a.sql': "{{ config(materialized='table') }} select 1 as id",
    });
    await succeeds(shop, 'build');
    expect(await shop.rows('select * from a')).toEqual([[1, 'by us']]);
  });

  test('a table with indexes has them after every build', async () => {
    const shop = project({
      'models/a.sql':
        "{{ config(materialized='table', indexes=[{'columns': ['id'], 'unique': true}, {'columns': ['id', 'v']}]) }} select 1 as id, 2 as v",
    });
    for (let round = 0; round < 2; round += 1) {
      await succeeds(shop, 'build');
      await expect(shop.rows('insert into a values (1, 1)')).rejects.toThrow(/unique|duplicate/i);
    }
    shop.write({ 'models/a.sql': 'select 1 as id, 2 as v' });
    const { statuses } = await sluice(shop, 'build');
    expect(statuses).toEqual({ a: 'success' });
  });
});
