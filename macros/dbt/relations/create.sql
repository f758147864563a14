{#- The statement that makes a relation of the type that it says it has. -#}
{% macro get_create_sql(relation, sql) -%}
  {{ return(adapter.dispatch('get_create_sql', 'dbt')(relation, sql)) }}
{%- endmacro %}

{% macro default__get_create_sql(relation, sql) -%}
  {%- if relation.is_view -%}
    {{ get_create_view_as_sql(relation, sql) }}
  {%- elif relation.is_table -%}
    {{ get_create_table_as_sql(false, relation, sql) }}
  {%- elif relation.is_materialized_view -%}
    {{ get_create_materialized_view_as_sql(relation, sql) }}
  {%- else -%}
    {%- do exceptions.raise_compiler_error('get_create_sql makes tables and views; ' ~ relation ~ ' is of type ' ~ relation.type) -%}
  {%- endif -%}
{%- endmacro %}

{% macro get_create_table_as_sql(temporary, relation, sql) -%}
  {{ return(adapter.dispatch('get_create_table_as_sql', 'dbt')(temporary, relation, sql)) }}
{%- endmacro %}

{% macro default__get_create_table_as_sql(temporary, relation, sql) -%}
  {{ return(create_table_as(temporary, relation, sql)) }}
{%- endmacro %}

{% macro create_table_as(temporary, relation, compiled_code, language='sql') -%}
  {%- if language != 'sql' -%}
    {%- do exceptions.raise_compiler_error('create_table_as builds from sql, not ' ~ language) -%}
  {%- endif -%}
  {{ return(adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code)) }}
{%- endmacro %}

{% macro default__create_table_as(temporary, relation, sql) -%}
  {%- set contract = config.get('contract') -%}
  {%- set bound = contract and contract.enforced and not temporary -%}
  {{ dbt.sql_header_of_model() }}
  create {{ 'temporary' if temporary }} table {{ relation.include(database=not temporary, schema=not temporary) }}
  {%- if bound %}
    {{- get_assert_columns_equivalent(sql) }}
    {{ get_table_columns_and_constraints() }}
  {%- endif %} as (
    {{ get_select_subquery(sql) if bound else sql }}
  );
{%- endmacro %}

{% macro get_create_view_as_sql(relation, sql) -%}
  {{ return(adapter.dispatch('get_create_view_as_sql', 'dbt')(relation, sql)) }}
{%- endmacro %}

{% macro default__get_create_view_as_sql(relation, sql) -%}
  {{ return(create_view_as(relation, sql)) }}
{%- endmacro %}

{% macro create_view_as(relation, sql) -%}
  {{ return(adapter.dispatch('create_view_as', 'dbt')(relation, sql)) }}
{%- endmacro %}

{% macro default__create_view_as(relation, sql) -%}
  {%- set contract = config.get('contract') -%}
  {{ dbt.sql_header_of_model() }}
  create or replace view {{ relation }}
  {%- if contract and contract.enforced -%}
    {{ get_assert_columns_equivalent(sql) }}
  {%- endif %} as (
    {{ sql }}
  );
{%- endmacro %}

{#- The statements that a model wants sent before its own (`sql_header`, or a set_sql_header block). -#}
{% macro sql_header_of_model() -%}
  {%- set header = config.get('sql_header', none) -%}
  {%- if header is not none -%}
    {{ header }}
  {%- endif -%}
{%- endmacro %}

{% macro set_sql_header(config) -%}
  {{ config.set('sql_header', caller()) }}
{%- endmacro %}
