{#- Rows of the target whose key the source brings are removed, then the source's rows are added. -#}
{% macro get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
  {{ return(adapter.dispatch('get_delete_insert_merge_sql', 'dbt')(
    target, source, unique_key, dest_columns, incremental_predicates
  )) }}
{%- endmacro %}

{#- Null keys match nothing: their rows are added, never replaced. -#}
{% macro default__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
  {%- set keys = [] if not unique_key else ([unique_key] if unique_key is string else unique_key) -%}
  {%- if keys %}
    delete from {{ target }} as DBT_INTERNAL_DEST
    where ({{ keys | join(', ') }}) in (
      select distinct {{ keys | join(', ') }}
      from {{ source }} as DBT_INTERNAL_SOURCE
    )
    {%- for predicate in incremental_predicates or [] %}
    and {{ predicate }}
    {%- endfor %};
  {%- endif %}

  {{ get_insert_into_sql(target, source, dest_columns) }}
{%- endmacro %}
