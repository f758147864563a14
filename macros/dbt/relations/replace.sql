{#- The statements that put a new relation in the place of one that is there, with as little time between as can be. -#}
{% macro get_replace_sql(existing_relation, target_relation, sql) -%}
  {{ return(adapter.dispatch('get_replace_sql', 'dbt')(existing_relation, target_relation, sql)) }}
{%- endmacro %}

{% macro default__get_replace_sql(existing_relation, target_relation, sql) -%}
  {%- set same_type = existing_relation.type == target_relation.type -%}
  {%- if same_type and target_relation.is_view and target_relation.can_be_replaced -%}
    {{ get_replace_view_sql(target_relation, sql) }}
  {%- elif same_type and target_relation.is_table and target_relation.can_be_replaced -%}
    {{ get_replace_table_sql(target_relation, sql) }}
  {%- elif same_type and target_relation.is_materialized_view and target_relation.can_be_replaced -%}
    {{ get_replace_materialized_view_sql(target_relation, sql) }}
  {%- elif target_relation.can_be_renamed -%}
    {{ get_create_intermediate_sql(target_relation, sql) | trim(';') }};
    {%- if existing_relation.can_be_renamed %}
    {{ get_create_backup_sql(existing_relation) }};
    {{ get_rename_intermediate_sql(target_relation) }};
    {{ get_drop_backup_sql(existing_relation) }}
    {%- else %}
    {{ get_drop_sql(existing_relation) }};
    {{ get_rename_intermediate_sql(target_relation) }}
    {%- endif -%}
  {%- elif existing_relation.can_be_renamed -%}
    {{ get_create_backup_sql(existing_relation) }};
    {{ get_create_sql(target_relation, sql) | trim(';') }};
    {{ get_drop_backup_sql(existing_relation) }}
  {%- else -%}
    {{ get_drop_sql(existing_relation) }};
    {{ get_create_sql(target_relation, sql) }}
  {%- endif -%}
{%- endmacro %}

{% macro get_replace_view_sql(relation, sql) -%}
  {{ return(adapter.dispatch('get_replace_view_sql', 'dbt')(relation, sql)) }}
{%- endmacro %}

{% macro default__get_replace_view_sql(relation, sql) -%}
  {{ dbt.no_single_statement('get_replace_view_sql') }}
{%- endmacro %}

{% macro get_replace_table_sql(relation, sql) -%}
  {{ return(adapter.dispatch('get_replace_table_sql', 'dbt')(relation, sql)) }}
{%- endmacro %}

{% macro default__get_replace_table_sql(relation, sql) -%}
  {{ dbt.no_single_statement('get_replace_table_sql') }}
{%- endmacro %}

{% macro get_replace_materialized_view_sql(relation, sql) -%}
  {{ return(adapter.dispatch('get_replace_materialized_view_sql', 'dbt')(relation, sql)) }}
{%- endmacro %}

{% macro default__get_replace_materialized_view_sql(relation, sql) -%}
  {{ dbt.no_single_statement('get_replace_materialized_view_sql') }}
{%- endmacro %}

{% macro no_single_statement(macro_name) -%}
  {%- do exceptions.raise_compiler_error(
    adapter.type() ~ ' replaces no relation in one statement (' ~ macro_name ~ '); get_replace_sql does it in several'
  ) -%}
{%- endmacro %}

{#- Drops what stands in the way of a view. -#}
{% macro handle_existing_table(full_refresh, old_relation) -%}
  {{ return(adapter.dispatch('handle_existing_table', 'dbt')(full_refresh, old_relation)) }}
{%- endmacro %}

{% macro default__handle_existing_table(full_refresh, old_relation) -%}
  {%- do log(old_relation.render() ~ ' is a ' ~ old_relation.type ~ ' and makes room') -%}
  {%- do adapter.drop_relation(old_relation) -%}
{%- endmacro %}
