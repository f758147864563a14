{#- Names of the columns that a snapshot adds. -#}
{% macro get_snapshot_table_column_names() -%}
  {{ return({
    'dbt_valid_to': 'dbt_valid_to',
    'dbt_valid_from': 'dbt_valid_from',
    'dbt_scd_id': 'dbt_scd_id',
    'dbt_updated_at': 'dbt_updated_at',
    'dbt_is_deleted': 'dbt_is_deleted',
  }) }}
{%- endmacro %}

{#- The same as the snapshot renames them: `snapshot_meta_column_names`. -#}
{% macro snapshot_columns() -%}
  {%- set names = get_snapshot_table_column_names() -%}
  {%- for given in [config.get('snapshot_meta_column_names'), config.get('snapshot_table_column_names')] if given -%}
    {%- for key, name in given.items() if name -%}
      {%- do names.update({key: name}) -%}
    {%- endfor -%}
  {%- endfor -%}
  {{ return(names) }}
{%- endmacro %}

{#- Where a new version ends: nowhere yet, or where `dbt_valid_to_current` says. -#}
{% macro get_dbt_valid_to_current(strategy, columns) -%}
  {%- set current = config.get('dbt_valid_to_current') or 'null' -%}
  coalesce(nullif({{ strategy.updated_at }}, {{ strategy.updated_at }}), {{ current }}) as {{ columns.dbt_valid_to }}
{%- endmacro %}

{#- One key column is carried as dbt_unique_key, several as dbt_unique_key_1, dbt_unique_key_2, ... -#}
{% macro unique_key_fields(unique_key) -%}
  {%- if unique_key is string or unique_key is not iterable -%}
    {{ unique_key }} as dbt_unique_key
  {%- else -%}
    {%- for key in unique_key -%}
    {{ key }} as dbt_unique_key_{{ loop.index }}{{ ',\n    ' if not loop.last }}
    {%- endfor -%}
  {%- endif -%}
{%- endmacro %}

{% macro unique_key_is_null(unique_key, identifier) -%}
  {{ identifier }}.dbt_unique_key{{ '_1' if unique_key is not string and unique_key is iterable }} is null
{%- endmacro %}

{% macro unique_key_is_not_null(unique_key, identifier) -%}
  {{ identifier }}.dbt_unique_key{{ '_1' if unique_key is not string and unique_key is iterable }} is not null
{%- endmacro %}

{% macro unique_key_join_on(unique_key, identifier, from_identifier) -%}
  {%- if unique_key is string or unique_key is not iterable -%}
    {{ identifier }}.dbt_unique_key = {{ from_identifier }}.dbt_unique_key
  {%- else -%}
    {%- for key in unique_key -%}
      {%- set column = '.dbt_unique_key_' ~ loop.index -%}
      {{ equals(identifier ~ column, from_identifier ~ column) | trim }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
  {%- endif -%}
{%- endmacro %}
