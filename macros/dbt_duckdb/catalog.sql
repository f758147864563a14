{#- One row per column of every relation in the given schemas; dbt's names of the catalog's columns. -#}
{% macro duckdb__get_catalog(information_schema, schemas) -%}
  {{ return(run_query(dbt.catalog_query(information_schema, duckdb__get_catalog_schemas_where_clause_sql(schemas)))) }}
{%- endmacro %}

{% macro duckdb__get_catalog_relations(information_schema, relations) -%}
  {{ return(run_query(dbt.catalog_query(information_schema, duckdb__get_catalog_relations_where_clause_sql(relations)))) }}
{%- endmacro %}

{% macro catalog_query(information_schema, condition) -%}
  with tables as (
    {{ duckdb__get_catalog_tables_sql(information_schema) }}
    {{ condition }}
  ),
  columns as (
    {{ duckdb__get_catalog_columns_sql(information_schema) }}
    {{ condition }}
  )
  {{ duckdb__get_catalog_results_sql() }}
{%- endmacro %}

{% macro duckdb__get_catalog_tables_sql(information_schema) -%}
  {%- set database = "lower('" ~ adapter.escape_sql_string(information_schema.database) ~ "')" -%}
  select *
  from (
    select
      database_name as table_database,
      schema_name as table_schema,
      table_name as table_name,
      'BASE TABLE' as table_type,
      comment as table_comment
    from duckdb_tables()
    where lower(database_name) = {{ database }}
    union all
    select database_name, schema_name, view_name, 'VIEW', comment
    from duckdb_views()
    where lower(database_name) = {{ database }}
  ) as catalog_tables
{%- endmacro %}

{% macro duckdb__get_catalog_columns_sql(information_schema) -%}
  select *
  from (
    select
      database_name as table_database,
      schema_name as table_schema,
      table_name as table_name,
      column_name as column_name,
      column_index as column_index,
      data_type as column_type,
      comment as column_comment
    from duckdb_columns()
    where lower(database_name) = lower('{{ adapter.escape_sql_string(information_schema.database) }}')
  ) as catalog_columns
{%- endmacro %}

{% macro duckdb__get_catalog_results_sql() -%}
  select
    tables.table_database,
    tables.table_schema,
    tables.table_name,
    tables.table_type,
    tables.table_comment,
    columns.column_name,
    columns.column_index,
    columns.column_type,
    columns.column_comment,
    null as table_owner
  from tables
  join columns using (table_database, table_schema, table_name)
  order by table_schema, table_name, column_index
{%- endmacro %}

{% macro duckdb__get_catalog_schemas_where_clause_sql(schemas) -%}
  {%- set wanted = [] -%}
  {%- for schema in schemas -%}
    {%- do wanted.append("lower('" ~ adapter.escape_sql_string(schema) ~ "')") -%}
  {%- endfor -%}
  where {{ 'lower(table_schema) in (' ~ (wanted | join(', ')) ~ ')' if wanted else 'false' }}
{%- endmacro %}

{#- A relation without an identifier stands for its whole schema. -#}
{% macro duckdb__get_catalog_relations_where_clause_sql(relations) -%}
  {%- set wanted = [] -%}
  {%- for relation in relations -%}
    {%- if not relation.schema -%}
      {%- do exceptions.raise_compiler_error('get_catalog_relations needs relations with a schema; ' ~ relation ~ ' has none') -%}
    {%- endif -%}
    {%- set schema = "lower(table_schema) = lower('" ~ adapter.escape_sql_string(relation.schema) ~ "')" -%}
    {%- set name = " and lower(table_name) = lower('" ~ adapter.escape_sql_string(relation.identifier) ~ "')" if relation.identifier -%}
    {%- do wanted.append('(' ~ schema ~ (name or '') ~ ')') -%}
  {%- endfor -%}
  where {{ '(' ~ (wanted | join(' or ')) ~ ')' if wanted else 'false' }}
{%- endmacro %}

{#- Databases are catalogs here, and each has schemas of its own. -#}
{% macro duckdb__list_schemas(database) -%}
  {%- set sql -%}
    select schema_name
    from duckdb_schemas()
    {{ "where lower(database_name) = lower('" ~ adapter.escape_sql_string(database | string | trim('"')) ~ "')" if database }}
      and not internal
    union
    select 'main'
  {%- endset -%}
  {{ return(run_query(sql)) }}
{%- endmacro %}

{% macro duckdb__check_schema_exists(information_schema, schema) -%}
  {%- set sql -%}
    select count(*)
    from duckdb_schemas()
    where lower(schema_name) = lower('{{ adapter.escape_sql_string(schema) }}')
      and lower(database_name) = lower('{{ adapter.escape_sql_string(information_schema.database) }}')
  {%- endset -%}
  {{ return(run_query(sql)) }}
{%- endmacro %}

{% macro duckdb__list_relations_without_caching(schema_relation) -%}
  {%- set sql -%}
    select
      database_name as database,
      table_name as name,
      schema_name as schema,
      type
    from (
      select database_name, schema_name, table_name, 'table' as type from duckdb_tables()
      union all
      select database_name, schema_name, view_name, 'view' from duckdb_views()
    ) as relations
    where lower(schema_name) = lower('{{ adapter.escape_sql_string(schema_relation.schema) }}')
      and lower(database_name) = lower('{{ adapter.escape_sql_string(schema_relation.database) }}')
    order by name
  {%- endset -%}
  {{ return(run_query(sql)) }}
{%- endmacro %}

{% macro duckdb__get_columns_in_relation(relation) -%}
  {{ return(adapter.describe_relation(relation)) }}
{%- endmacro %}
