{#- What a contract says of the columns, as they stand in `create table`: names, types, constraints. -#}
{% macro get_table_columns_and_constraints() -%}
  {{ return(adapter.dispatch('get_table_columns_and_constraints', 'dbt')()) }}
{%- endmacro %}

{% macro default__get_table_columns_and_constraints() -%}
  {{ return(table_columns_and_constraints()) }}
{%- endmacro %}

{% macro table_columns_and_constraints() -%}
  {%- set lines = adapter.render_raw_columns_constraints(raw_columns=model['columns'])
    + adapter.render_raw_model_constraints(raw_constraints=model['constraints']) -%}
  (
    {{ lines | join(',\n    ') }}
  )
{%- endmacro %}

{#- The query with its columns in the order of the contract. -#}
{% macro get_select_subquery(sql) -%}
  {{ return(adapter.dispatch('get_select_subquery', 'dbt')(sql)) }}
{%- endmacro %}

{% macro default__get_select_subquery(sql) -%}
  select {{ adapter.dispatch('get_column_names', 'dbt')() }}
  from (
    {{ sql }}
  ) as model_subq
{%- endmacro %}

{#- Names only, quoted where the column asks for it. -#}
{% macro default__get_column_names() -%}
  {%- set names = [] -%}
  {%- for column in model['columns'].values() -%}
    {%- do names.append(adapter.quote(column['name']) if column.get('quote') else column['name']) -%}
  {%- endfor -%}
  {{ names | join(', ') }}
{%- endmacro %}

{#- A query of no rows with the contract's columns and types. -#}
{% macro get_empty_schema_sql(columns) -%}
  {{ return(adapter.dispatch('get_empty_schema_sql', 'dbt')(columns)) }}
{%- endmacro %}

{% macro default__get_empty_schema_sql(columns) -%}
  {%- set untyped, unscaled = [], [] -%}
  {%- set fields = [] -%}
  {%- for column in columns.values() -%}
    {%- if column.get('data_type') -%}
      {%- set name = adapter.quote(column['name']) if column.get('quote') else column['name'] -%}
      {%- do fields.append(cast('null', column['data_type']) ~ ' as ' ~ name) -%}
      {%- if column['data_type'] | trim | lower in ['numeric', 'decimal', 'number'] -%}
        {%- do unscaled.append(column['name']) -%}
      {%- endif -%}
    {%- else -%}
      {%- do untyped.append(column['name']) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if untyped -%}
    {%- do exceptions.column_type_missing(column_names=untyped) -%}
  {%- endif -%}
  {%- if unscaled -%}
    {%- do exceptions.warn("Columns of a contract whose numeric type has no precision and scale, so that values may be rounded: " ~ unscaled | join(', ')) -%}
  {%- endif -%}
  select
    {{ fields | join(',\n    ') }}
{%- endmacro %}

{#- Ends the node where the columns of its query are not those of its contract; prints nothing. -#}
{% macro get_assert_columns_equivalent(sql) -%}
  {{ return(adapter.dispatch('get_assert_columns_equivalent', 'dbt')(sql)) }}
{%- endmacro %}

{% macro default__get_assert_columns_equivalent(sql) -%}
  {{ return(assert_columns_equivalent(sql)) }}
{%- endmacro %}

{% macro assert_columns_equivalent(sql) -%}
  {%- set declared = format_columns(get_column_schema_from_query(get_empty_schema_sql(model['columns']))) -%}
  {%- set given = format_columns(get_column_schema_from_query(sql, config.get('sql_header', none))) -%}
  {%- set wrong = namespace(found=declared | length != given | length) -%}
  {%- for column in given if not (declared | selectattr('formatted', 'equalto', column['formatted']) | list) -%}
    {%- set wrong.found = true -%}
  {%- endfor -%}
  {%- if wrong.found -%}
    {%- do exceptions.raise_contract_error(declared, given) -%}
  {%- endif -%}
{%- endmacro %}

{#- Columns as `name`, `data_type` and, to compare by, `formatted`. -#}
{% macro format_columns(columns) -%}
  {%- set out = [] -%}
  {%- for column in columns -%}
    {%- do out.append(adapter.dispatch('format_column', 'dbt')(column)) -%}
  {%- endfor -%}
  {{ return(out) }}
{%- endmacro %}

{% macro default__format_column(column) -%}
  {%- set type = column.dtype -%}
  {{ return({'name': column.name, 'data_type': type, 'formatted': column.column ~ ' ' ~ type}) }}
{%- endmacro %}
