{% macro create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) -%}
  {%- if language != 'sql' -%}
    {{ py_write_table(temporary, relation, compiled_code, partitioned_by, sorted_by) }}
  {%- endif -%}
  {{ return(adapter.dispatch('create_table_as', 'dbt')(
    temporary, relation, compiled_code, language, partitioned_by, sorted_by
  )) }}
{%- endmacro %}

{#-
  `create or replace` publishes the table inside the node's transaction: one with an index cannot be renamed here.
  Constraints cannot be said where the columns come from a query, so a table with a contract is filled afterwards.
-#}
{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) -%}
  {%- set contract = config.get('contract') -%}
  {{ dbt.sql_header_of_model() }}
  create or replace {{ 'temporary' if temporary }} table {{ relation.include(database=not temporary, schema=not temporary) }}
  {%- if contract and contract.enforced and not temporary %}
  {{- get_assert_columns_equivalent(compiled_code) }}
  {{ get_table_columns_and_constraints() }};
  insert into {{ relation }} {{ get_column_names() }} (
    {{ get_select_subquery(compiled_code) }}
  );
  {%- else %} as (
    {{ compiled_code }}
  );
  {%- endif %}
{%- endmacro %}

{#- Views of duckdb follow names, so nothing that reads the relation is dropped with it. -#}
{% macro duckdb__create_view_as(relation, sql) -%}
  {{ return(dbt.default__create_view_as(relation, sql)) }}
{%- endmacro %}

{#- The contract's column names, quoted where they ask for it, as they stand after `insert into`. -#}
{% macro get_column_names() -%}
  ({{ default__get_column_names() }})
{%- endmacro %}

{% macro duckdb__get_empty_subquery_sql(select_sql, select_sql_header=none) -%}
  {#- A header sets something for the statements after it, so it is sent before the query is described. -#}
  {%- if select_sql_header is not none and select_sql_header | trim -%}
    {%- do adapter.execute(select_sql_header) -%}
  {%- endif -%}
  select * from (
    {{ select_sql }}
  ) as __dbt_sbq
  where false
  limit 0
{%- endmacro %}

{% macro duckdb__create_schema(relation) -%}
  {%- call statement('create_schema') -%}
    create schema if not exists {{ relation.without_identifier() }}
  {%- endcall -%}
{%- endmacro %}

{% macro duckdb__drop_schema(relation) -%}
  {%- call statement('drop_schema') -%}
    drop schema if exists {{ relation.without_identifier() }} cascade
  {%- endcall -%}
{%- endmacro %}

{% macro duckdb__drop_relation(relation) -%}
  {%- call statement('drop_relation', auto_begin=false) -%}
    {{ get_drop_sql(relation) }}
  {%- endcall -%}
{%- endmacro %}

{% macro duckdb__rename_relation(from_relation, to_relation) -%}
  {%- call statement('rename_relation') -%}
    {{ get_rename_sql(from_relation, to_relation.identifier) }}
  {%- endcall -%}
{%- endmacro %}

{% macro duckdb__truncate_relation(relation) -%}
  {%- call statement('truncate_relation') -%}
    delete from {{ relation.render() }} where true
  {%- endcall -%}
{%- endmacro %}

{#- A temporary table: it has no schema, and a name that no other run has. -#}
{% macro duckdb__make_temp_relation(base_relation, suffix) -%}
  {%- set number = py_current_timestring()[:14] ~ dbt.temporary_relation_number() -%}
  {{ return(base_relation.incorporate(
    path={'identifier': base_relation.identifier ~ suffix ~ number, 'schema': none, 'database': none}
  )) }}
{%- endmacro %}

{% macro duckdb__alter_relation_add_remove_columns(relation, add_columns, remove_columns) -%}
  {{ return(default__alter_relation_add_remove_columns(relation, add_columns, remove_columns)) }}
{%- endmacro %}

{#- What a table's indexes hold up, like a column of another type, needs them gone. -#}
{% macro drop_indexes_on_relation(relation) -%}
  {%- set sql -%}
    select index_name
    from duckdb_indexes()
    where database_name = '{{ adapter.escape_sql_string(relation.database) }}'
      and schema_name = '{{ adapter.escape_sql_string(relation.schema) }}'
      and table_name = '{{ adapter.escape_sql_string(relation.identifier) }}'
  {%- endset -%}
  {%- for row in run_query(sql).rows -%}
    {%- do run_query('drop index if exists ' ~ relation.incorporate(path={'identifier': row[0]}).render()) -%}
  {%- endfor -%}
{%- endmacro %}

{% macro duckdb__get_create_index_sql(relation, index_dict) -%}
  {%- set index = adapter.parse_index(index_dict) -%}
  create {{ 'unique' if index.unique }} index {{ adapter.quote(index.render(relation)) }}
  on {{ relation }} ({{ index.columns | join(', ') }})
{%- endmacro %}

{% macro duckdb_escape_comment(comment) -%}
  {{ return(dbt.dollar_quoted(comment)) }}
{%- endmacro %}

{% macro duckdb__alter_relation_comment(relation, comment) -%}
  comment on {{ 'macro' if relation.is_function else relation.type or 'table' }} {{ relation.render() }} is {{ duckdb_escape_comment(comment) }};
{%- endmacro %}

{% macro duckdb__alter_column_comment(relation, column_dict) -%}
  {%- set known = adapter.get_columns_in_relation(relation) | map(attribute='name') | map('lower') | list -%}
  {%- for name, column in column_dict.items() if name | lower in known %}
  comment on column {{ relation.render() }}.{{ adapter.quote(name) if column.get('quote') else name }} is {{ duckdb_escape_comment(column['description'] or '') }};
  {%- endfor %}
{%- endmacro %}

{#- A file's database has no users to grant to. -#}
{% macro duckdb__apply_grants(relation, grant_config, should_revoke=True) -%}
  {%- if grant_config -%}
    {{- adapter.warn_once('Grants for relations are not supported by DuckDB') -}}
  {%- endif -%}
{%- endmacro %}

{% macro duckdb__get_binding_char() -%}
  {{ return(adapter.get_binding_char()) }}
{%- endmacro %}

{% macro duckdb__get_batch_size() -%}
  {{ return(10000) }}
{%- endmacro %}

{% macro duckdb__load_csv_rows(model, agate_table) -%}
  {{ return(default__load_csv_rows(model, agate_table)) }}
{%- endmacro %}

{% macro run_hooks(hooks, inside_transaction=True) -%}
  {%- for hook in hooks | selectattr('transaction', 'equalto', inside_transaction) -%}
    {%- if not inside_transaction and loop.first -%}
      {%- do adapter.commit() -%}
    {%- endif -%}
    {%- set code = render(hook.get('sql')) | trim -%}
    {%- if code -%}
      {%- call statement(auto_begin=inside_transaction) -%}
        {{ code }}
      {%- endcall -%}
    {%- endif -%}
  {%- endfor -%}
{%- endmacro %}
