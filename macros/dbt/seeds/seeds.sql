{#- The empty table that a seed's rows go into: columns of the file, types from `column_types` or found in the rows. -#}
{% macro create_csv_table(model, agate_table) -%}
  {{ return(adapter.dispatch('create_csv_table', 'dbt')(model, agate_table)) }}
{%- endmacro %}

{% macro default__create_csv_table(model, agate_table) -%}
  {%- set types = model['config'].get('column_types') or {} -%}
  {%- set quote_columns = model['config'].get('quote_columns', none) -%}
  {%- set sql %}
    create table {{ this.render() }} (
      {%- for name in agate_table.column_names %}
      {{ adapter.quote_seed_column(name, quote_columns) }} {{ types.get(name, adapter.convert_type(agate_table, loop.index0)) }}
      {{- ',' if not loop.last }}
      {%- endfor %}
    )
  {%- endset -%}
  {%- call statement('_') -%}
    {{ sql }}
  {%- endcall -%}
  {{ return(sql) }}
{%- endmacro %}

{#- The table emptied for the same rows again, or made anew where its columns may be others; gives what was done, as SQL. -#}
{% macro reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
  {{ return(adapter.dispatch('reset_csv_table', 'dbt')(model, full_refresh, old_relation, agate_table)) }}
{%- endmacro %}

{% macro default__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
  {%- if full_refresh -%}
    {%- do adapter.drop_relation(old_relation) -%}
    {{ return(create_csv_table(model, agate_table)) }}
  {%- endif -%}
  {%- do adapter.truncate_relation(old_relation) -%}
  {{ return('truncate table ' ~ old_relation.render()) }}
{%- endmacro %}

{#- sluice loads the rows by the adapter's bulk path; a program of one's own sends them in batches of bound values. -#}
{% macro load_csv_rows(model, agate_table) -%}
  {{ return(adapter.dispatch('load_csv_rows', 'dbt')(model, agate_table)) }}
{%- endmacro %}

{% macro default__load_csv_rows(model, agate_table) -%}
  {%- set columns = get_seed_column_quoted_csv(model, agate_table.column_names) -%}
  {%- set sent = [] -%}
  {%- for rows in agate_table.rows | batch(get_batch_size()) -%}
    {%- set tuples = [] -%}
    {%- for row in rows -%}
      {%- set cells = [] -%}
      {%- for cell in row -%}
        {%- do cells.append('null' if cell is none else string_literal(escape_single_quotes(cell | string))) -%}
      {%- endfor -%}
      {%- do tuples.append('(' ~ (cells | join(', ')) ~ ')') -%}
    {%- endfor -%}
    {%- set sql = 'insert into ' ~ this.render() ~ ' (' ~ columns ~ ') values\n' ~ (tuples | join(',\n')) -%}
    {%- do adapter.add_query(sql, abridge_sql_log=true) -%}
    {%- do sent.append(sql) -%}
  {%- endfor -%}
  {{ return(sent[0] if sent else '') }}
{%- endmacro %}

{% macro get_seed_column_quoted_csv(model, column_names) -%}
  {%- set quote_columns = model['config'].get('quote_columns', none) -%}
  {%- set quoted = [] -%}
  {%- for name in column_names -%}
    {%- do quoted.append(adapter.quote_seed_column(name, quote_columns)) -%}
  {%- endfor -%}
  {{ return(quoted | join(', ')) }}
{%- endmacro %}

{#- What is written as the seed's SQL; never sent. -#}
{% macro get_csv_sql(create_or_truncate_sql, insert_sql) -%}
  {{ return(adapter.dispatch('get_csv_sql', 'dbt')(create_or_truncate_sql, insert_sql)) }}
{%- endmacro %}

{% macro default__get_csv_sql(create_or_truncate_sql, insert_sql) -%}
  {{ create_or_truncate_sql }};
  -- dbt seed --
  {{ insert_sql }}
{%- endmacro %}

{#- How a bound value is written in SQL. -#}
{% macro get_binding_char() -%}
  {{ return(adapter.dispatch('get_binding_char', 'dbt')()) }}
{%- endmacro %}

{% macro default__get_binding_char() -%}
  {{ return('%s') }}
{%- endmacro %}

{#- Rows per statement. -#}
{% macro get_batch_size() -%}
  {{ return(adapter.dispatch('get_batch_size', 'dbt')()) }}
{%- endmacro %}

{% macro default__get_batch_size() -%}
  {{ return(10000) }}
{%- endmacro %}
