{#- Columns are written as they are given, so that an expression or an operator class may stand there. -#}
{% macro postgres__get_create_index_sql(relation, index_dict) -%}
  {%- set index = adapter.parse_index(index_dict) -%}
  create {{ 'unique' if index.unique }} index if not exists {{ adapter.quote(index.render(relation)) }}
  on {{ relation }} {{ 'using ' ~ index.type if index.type }} ({{ index.columns | join(', ') }})
{%- endmacro %}

{#- One row per index: name, method, unique, and the names of its columns with commas between, in its order. -#}
{% macro postgres__get_show_indexes_sql(relation) -%}
  select
    index_class.relname as name,
    method.amname as method,
    index.indisunique as "unique",
    string_agg(field.attname, ',' order by array_position(index.indkey::int2[], field.attnum)) as column_names
  from pg_catalog.pg_index as index
  join pg_catalog.pg_class as index_class on index_class.oid = index.indexrelid
  join pg_catalog.pg_am as method on method.oid = index_class.relam
  join pg_catalog.pg_class as relation on relation.oid = index.indrelid
  join pg_catalog.pg_namespace as namespace on namespace.oid = relation.relnamespace
  join pg_catalog.pg_attribute as field on field.attrelid = relation.oid and field.attnum = any (index.indkey)
  where relation.relname = '{{ adapter.escape_sql_string(relation.identifier) }}'
    and namespace.nspname = '{{ adapter.escape_sql_string(relation.schema) }}'
    and relation.relkind in ('r', 'm')
  group by index_class.relname, method.amname, index.indisunique
  order by 1, 2, 3
{%- endmacro %}

{#- An index stands in the schema of its relation. -#}
{% macro postgres__get_drop_index_sql(relation, index_name) -%}
  drop index if exists {{ adapter.quote(relation.schema) }}.{{ adapter.quote(index_name) }}
{%- endmacro %}
