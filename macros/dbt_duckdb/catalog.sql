{#- One row per column of every relation in the given schemas; dbt's names of the catalog's columns. -#}
{% macro duckdb__get_catalog(information_schema, schemas) -%}
  {%- set wanted = [] -%}
  {%- for schema in schemas -%}
    {%- do wanted.append("'" ~ adapter.escape_sql_string(schema | lower) ~ "'") -%}
  {%- endfor -%}
  {%- set sql -%}
    select
      columns.database_name as table_database,
      columns.schema_name as table_schema,
      columns.table_name as table_name,
      case when views.view_name is null then 'BASE TABLE' else 'VIEW' end as table_type,
      coalesce(tables.comment, views.comment) as table_comment,
      columns.column_name as column_name,
      columns.column_index as column_index,
      columns.data_type as column_type,
      columns.comment as column_comment,
      null as table_owner
    from duckdb_columns() as columns
    left join duckdb_tables() as tables on tables.table_oid = columns.table_oid and tables.database_oid = columns.database_oid
    left join duckdb_views() as views on views.view_oid = columns.table_oid and views.database_oid = columns.database_oid
    where not columns.internal
      and lower(columns.schema_name) in ({{ wanted | join(', ') }})
      and lower(columns.database_name) = lower('{{ adapter.escape_sql_string(information_schema.database) }}')
    order by columns.schema_name, columns.table_name, columns.column_index
  {%- endset -%}
  {{ return(run_query(sql)) }}
{%- endmacro %}
