{#- Whether a model adds to what is there: an incremental table exists, and no full refresh is asked for. -#}
{% macro is_incremental() -%}
  {%- if not execute -%}
    {{ return(false) }}
  {%- endif -%}
  {%- set existing = adapter.get_relation(this.database, this.schema, this.table) -%}
  {{ return(
    existing is not none
    and existing.type == 'table'
    and model.config.materialized == 'incremental'
    and not should_full_refresh()
  ) }}
{%- endmacro %}

{#- The node's own `full_refresh` wins over the flag. -#}
{% macro should_full_refresh() -%}
  {%- set configured = config.get('full_refresh') -%}
  {{ return(flags.FULL_REFRESH if configured is none else configured) }}
{%- endmacro %}

{% macro incremental_validate_on_schema_change(on_schema_change, default='ignore') -%}
  {%- if on_schema_change not in ['sync_all_columns', 'append_new_columns', 'fail', 'ignore'] -%}
    {%- do log("on_schema_change is '" ~ on_schema_change ~ "', which is none of its values; '" ~ default ~ "' is used") -%}
    {{ return(default) }}
  {%- endif -%}
  {{ return(on_schema_change) }}
{%- endmacro %}

{#- True in the second engine of dbt only, which packages tell apart by this. -#}
{% macro is_core_v2() -%}
  {{ return(false) }}
{%- endmacro %}
