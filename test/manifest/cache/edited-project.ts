import type { Files } from '../../rig.ts';

/** Models that nothing concerns, so that a change concerns a part of the project only. */
const filler: Files = Object.fromEntries(
  Array.from({ length: 80 }, (_, index) => [`models/filler/f_${index}.sql`, `select ${index} as n`]),
);

/** A project in which most things hang on something else: what the random edits are made on. */
export const editedProject: Files = {
  'dbt_project.yml': `name: shop
profile: shop
vars:
  currency: eur
  nothing_reads_this: 1
flags: {require_generic_test_arguments_property: true}
on-run-start: "select {{ var('currency') | length }}"
models:
  shop:
    +tags: [all]
    staging: {+materialized: view, +meta: {owner: "{{ env_var('OWNER', 'nobody') }}"}}
    marts: {+materialized: table}
    nowhere: {+enabled: true}
`,
  'profiles.yml': `shop:
  target: dev
  outputs:
    dev: {type: duckdb, path: shop.duckdb, schema: main}
    prod: {type: duckdb, path: shop.duckdb, schema: live}
`,
  'selectors.yml': `selectors:
  - name: nightly
    definition: {method: tag, value: "{{ var('currency') }}"}
`,
  'macros/money.sql': `{% macro cents(column) %}({{ column }} / 100){% endmacro %}
{% macro euro(column) %}{{ cents(column) }} || '{{ var("currency") }}'{% endmacro %}`,
  'macros/limits.sql': `{% macro limited() %}{% if target.name == 'prod' %}{% else %}limit 100{% endif %}{% endmacro %}`,
  'macros/dispatched.sql': `{% macro shout(text) %}{{ return(adapter.dispatch('shout', 'shop')(text)) }}{% endmacro %}
{% macro default__shout(text) %}'{{ text | upper }}'{% endmacro %}`,
  'macros/macros.yml': `macros:
  - name: cents
    description: From cents
    arguments: [{name: column, type: string}]
`,
  'tests/generic/positive.sql': `{% test positive(model, column_name, least=0) %}
select * from {{ model }} where {{ column_name }} < {{ least }}
{% endtest %}`,
  'tests/no_orphans.sql': `select 1 from {{ ref('orders') }} where false`,
  'models/staging/words.md': `{% docs order %}An order of {{ "some" }} goods{% enddocs %}
{% docs other %}Other{% enddocs %}`,
  'models/docs.md': `{% docs customer %}Somebody{% enddocs %}`,
  'models/staging/stg_orders.sql': `select *, {{ cents('amount') }} as euro from {{ source('raw', 'orders') }} {{ limited() }}`,
  'models/staging/stg_customers.sql': `{{ config(tags=['people']) }}
select * from {{ source('raw', 'customers') }}`,
  'models/staging/stg_flags.sql': `select {{ flags.FULL_REFRESH }} as full_refresh, '{{ env_var("OWNER", "x") }}' as owner`,
  'models/staging/sources.yml': `sources:
  - name: raw
    description: "{{ doc('other') }}"
    tables:
      - name: orders
        columns: [{name: id, data_tests: [unique, not_null]}]
      - {name: customers, description: "raw {{ var('currency') }}"}
`,
  'models/staging/staging.yml': `models:
  - name: stg_orders
    description: "{{ doc('order') }}"
    columns:
      - name: id
        data_tests: [not_null, {positive: {arguments: {least: 1}}}]
  - name: stg_customers
    data_tests: [{unique: {arguments: {column_name: id}}}]
`,
  'models/marts/orders.sql': `select o.*, {{ shout('x') }} as loud from {{ ref('stg_orders') }} o join {{ ref('countries') }} using (id)`,
  'models/marts/customers.sql': `{{ config(alias='people', schema=var('currency')) }}
select {{ euro('1') }} as e from {{ ref('stg_customers') }}`,
  'models/marts/clocked.sql': `{{ config(meta={'day': run_started_at.strftime('%Y')}) }} select 1 as one`,
  'models/marts/off.sql': `{{ config(enabled=var('has_off', false)) }} select * from {{ ref('orders') }}`,
  'models/marts/price_v1.sql': `select 1 as price from {{ ref('orders') }}`,
  'models/marts/price_v2.sql': `select 2 as price from {{ ref('price', v=1) }}`,
  'models/marts/marts.yml': `groups: [{name: sales, owner: {name: Sales}}]
models:
  - name: orders
    group: sales
    access: public
    columns:
      - name: id
        data_tests: [{relationships: {arguments: {to: "ref('stg_orders')", field: id}}}]
  - name: customers
    description: "{{ doc('customer') }} in {{ target.name }}"
  - name: price
    latest_version: 2
    versions: [{v: 1, deprecation_date: 2031-01-01}, {v: 2}]
exposures:
  - {name: board, type: dashboard, owner: {name: Me}, depends_on: ["ref('orders')", "source('raw', 'orders')"]}
unit_tests:
  - name: counts
    model: orders
    given: [{input: "ref('stg_orders')", rows: [{id: 1}]}, {input: "ref('countries')", rows: [{id: 1}]}]
    expect: {rows: [{id: 1}]}
`,
  'models/marts/semantic.yml': `semantic_models:
  - name: sales
    model: ref('orders')
    defaults: {agg_time_dimension: ordered}
    entities: [{name: id, type: primary}]
    dimensions: [{name: ordered, type: time, type_params: {time_granularity: day}}]
    measures: [{name: total, agg: sum, expr: euro}]
metrics:
  - {name: revenue, label: Revenue, type: simple, type_params: {measure: total}}
`,
  'models/marts/spine.sql': 'select 1 as date_day',
  'models/marts/spine.yml': `models:
  - name: spine
    time_spine: {standard_granularity_column: date_day}
    columns: [{name: date_day, granularity: day}]
`,
  'analyses/look.sql': `select * from {{ ref('customers') }}`,
  'seeds/countries.csv': 'id,name\n1,Spain\n',
  'seeds/seeds.yml': `seeds: [{name: countries, config: {column_types: {id: bigint}}}]`,
  'snapshots/history.sql': `{% snapshot history %}
{{ config(unique_key='id', strategy='check', check_cols='all', target_schema='h') }}
select * from {{ ref('orders') }}
{% endsnapshot %}`,
  'dbt_packages/util/dbt_project.yml': `name: util
models: {+materialized: ephemeral}
`,
  'dbt_packages/util/macros/u.sql': `{% macro twice(x) %}{{ x }} * 2{% endmacro %}`,
  'dbt_packages/util/models/util_days.sql': `select {{ twice(1) }} as day`,
  'dbt_packages/util/models/util.yml': `models: [{name: util_days, description: days}]`,
  'packages.yml': 'packages: [{local: ../util}]\n',
  ...filler,
  'models/marts/days.sql': `select {{ util.twice(2) }} from {{ ref('util', 'util_days') }}`,
};
