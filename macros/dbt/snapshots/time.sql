{%- macro snapshot_get_time() -%}
  {{ return(adapter.dispatch('snapshot_get_time', 'dbt')()) }}
{%- endmacro -%}

{% macro default__snapshot_get_time() -%}
  {{ current_timestamp() }}
{%- endmacro %}

{% macro snapshot_string_as_time(timestamp) -%}
  {{ return(adapter.dispatch('snapshot_string_as_time', 'dbt')(timestamp)) }}
{%- endmacro %}

{% macro default__snapshot_string_as_time(timestamp) -%}
  {%- do exceptions.raise_not_implemented('snapshot_string_as_time macro not implemented for adapter ' ~ adapter.type()) -%}
{%- endmacro %}

{#- Types are asked of the warehouse, so that a snapshot by the clock and its column agree. -#}
{% macro get_snapshot_get_time_data_type() -%}
  {%- set column = adapter.get_column_schema_from_query('select ' ~ snapshot_get_time() ~ ' as snap_time') | first -%}
  {{ return(column.dtype if column else none) }}
{%- endmacro %}

{#- The type of dbt_updated_at among the columns of a first build or of staging rows; none where it has another name. -#}
{% macro get_updated_at_column_data_type(snapshot_sql) -%}
  {%- for column in get_column_schema_from_query(snapshot_sql) -%}
    {%- if column.name | lower == 'dbt_updated_at' -%}{{ return(column.dtype) }}{%- endif -%}
  {%- endfor -%}
  {{ return(none) }}
{%- endmacro %}

{#- Warns where the clock that ends deleted rows and `updated_at` are of different types. -#}
{% macro check_time_data_types(sql) -%}
  {%- set updated_at = get_updated_at_column_data_type(sql) -%}
  {%- if updated_at is not none -%}
    {%- set clock = get_snapshot_get_time_data_type() -%}
    {%- if clock is not none and clock | lower != updated_at | lower -%}
      {%- do exceptions.warn_snapshot_timestamp_data_types(clock, updated_at) -%}
    {%- endif -%}
  {%- endif -%}
{%- endmacro %}
