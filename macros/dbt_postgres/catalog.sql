{#- One row per column of every relation in the given schemas; dbt's names of the catalog's columns. -#}
{% macro postgres__get_catalog(information_schema, schemas) -%}
  {%- set relations = [] -%}
  {%- for schema in schemas -%}
    {%- do relations.append({'schema': schema}) -%}
  {%- endfor -%}
  {{ return(postgres__get_catalog_relations(information_schema, relations)) }}
{%- endmacro %}

{#- A relation without an identifier stands for its whole schema; names are compared without case. -#}
{% macro postgres__get_catalog_relations(information_schema, relations) -%}
  {{ adapter.verify_database(information_schema.database) }}
  {%- set wanted = ['false'] -%}
  {%- for relation in relations -%}
    {%- set schema = "lower(namespace.nspname) = lower('" ~ adapter.escape_sql_string(relation.schema) ~ "')" -%}
    {%- set name = " and lower(relation.relname) = lower('" ~ adapter.escape_sql_string(relation.identifier) ~ "')" if relation.identifier else '' -%}
    {%- do wanted.append('(' ~ schema ~ name ~ ')') -%}
  {%- endfor -%}
  {%- set sql -%}
    select
      '{{ adapter.escape_sql_string(information_schema.database) }}' as table_database,
      namespace.nspname as table_schema,
      relation.relname as table_name,
      case relation.relkind when 'v' then 'VIEW' when 'm' then 'MATERIALIZED VIEW' else 'BASE TABLE' end as table_type,
      pg_catalog.obj_description(relation.oid, 'pg_class') as table_comment,
      field.attname as column_name,
      field.attnum as column_index,
      pg_catalog.format_type(field.atttypid, field.atttypmod) as column_type,
      pg_catalog.col_description(relation.oid, field.attnum) as column_comment,
      pg_catalog.pg_get_userbyid(relation.relowner) as table_owner
    from pg_catalog.pg_class as relation
    join pg_catalog.pg_namespace as namespace on namespace.oid = relation.relnamespace
    join pg_catalog.pg_attribute as field on field.attrelid = relation.oid and field.attnum > 0 and not field.attisdropped
    where relation.relkind in ('r', 'p', 'f', 'v', 'm')
      and relation.relpersistence <> 't'
      and ({{ wanted | join(' or ') }})
    order by namespace.nspname, relation.relname, field.attnum
  {%- endset -%}
  {{ return(run_query(sql)) }}
{%- endmacro %}

{#- dbt takes any database here; a query of another one is refused by the server. -#}
{% macro postgres__information_schema_name(database) -%}
  information_schema
{%- endmacro %}

{% macro postgres__list_schemas(database) -%}
  {{ adapter.verify_database(database) if database }}
  {{ return(run_query('select nspname from pg_catalog.pg_namespace order by nspname')) }}
{%- endmacro %}

{% macro postgres__check_schema_exists(information_schema, schema) -%}
  {{ adapter.verify_database(information_schema.database) if information_schema.database }}
  {%- set name = adapter.escape_sql_string(schema) -%}
  {{ return(run_query("select count(*) from pg_catalog.pg_namespace where nspname = '" ~ name ~ "'")) }}
{%- endmacro %}

{#- A function and a relation may share a name; both are listed, as in dbt. -#}
{% macro postgres__list_relations_without_caching(schema_relation) -%}
  {%- set database = adapter.escape_sql_string(schema_relation.database) -%}
  {%- set schema = adapter.escape_sql_string(schema_relation.schema) -%}
  {%- set sql -%}
    select
      '{{ database }}' as database,
      listed.name,
      namespace.nspname as schema,
      listed.type
    from (
      select
        relnamespace as schema_id,
        relname as name,
        case relkind when 'v' then 'view' when 'm' then 'materialized_view' else 'table' end as type
      from pg_catalog.pg_class
      where relkind in ('r', 'p', 'v', 'm')
      union
      select pronamespace, proname, 'function' from pg_catalog.pg_proc
    ) as listed
    join pg_catalog.pg_namespace as namespace on namespace.oid = listed.schema_id
    where lower(namespace.nspname) = lower('{{ schema }}')
    order by listed.name, listed.type
  {%- endset -%}
  {{ return(run_query(sql)) }}
{%- endmacro %}

{% macro postgres__get_columns_in_relation(relation) -%}
  {{ return(adapter.describe_relation(relation)) }}
{%- endmacro %}

{#- Which view reads which relation: a view's query is the rule behind it, and rules depend on what they read. -#}
{% macro postgres__get_relations() -%}
  {%- set sql -%}
    select distinct
      dependent_schema.nspname as dependent_schema,
      dependent.relname as dependent_name,
      referenced_schema.nspname as referenced_schema,
      referenced.relname as referenced_name
    from pg_catalog.pg_rewrite as rule
    join pg_catalog.pg_class as dependent on dependent.oid = rule.ev_class
    join pg_catalog.pg_namespace as dependent_schema on dependent_schema.oid = dependent.relnamespace
    join pg_catalog.pg_depend as link
      on link.classid = 'pg_catalog.pg_rewrite'::regclass
      and link.objid = rule.oid
      and link.refclassid = 'pg_catalog.pg_class'::regclass
      and link.refobjid <> rule.ev_class
    join pg_catalog.pg_class as referenced on referenced.oid = link.refobjid
    join pg_catalog.pg_namespace as referenced_schema on referenced_schema.oid = referenced.relnamespace
    where dependent.relkind in ('v', 'm')
      and referenced_schema.nspname <> 'information_schema'
      and left(referenced_schema.nspname, 3) <> 'pg_'
    order by 1, 2, 3, 4
  {%- endset -%}
  {{ return(run_query(sql)) }}
{%- endmacro %}

{% macro postgres_get_relations() -%}
  {{ return(postgres__get_relations()) }}
{%- endmacro %}
