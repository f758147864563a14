{#- Columns of the first list whose names the second lacks. -#}
{% macro diff_columns(source_columns, target_columns) -%}
  {%- set there = target_columns | map(attribute='column') | list -%}
  {{ return(source_columns | rejectattr('column', 'in', there) | list) }}
{%- endmacro %}

{#- Columns of both lists with different types: `column_name` and `new_type`, that of the first list. -#}
{% macro diff_column_data_types(source_columns, target_columns) -%}
  {{ return(adapter.dispatch('diff_column_data_types', 'dbt')(source_columns, target_columns)) }}
{%- endmacro %}

{% macro default__diff_column_data_types(source_columns, target_columns) -%}
  {%- set out = [] -%}
  {%- for column in source_columns -%}
    {%- set there = target_columns | selectattr('name', 'equalto', column.name) | first -%}
    {#- A text that already has room for the new one stays as it is. -#}
    {%- if there and there.data_type != column.data_type and not column.can_expand_to(other_column=there) -%}
      {%- do out.append({'column_name': there.name, 'new_type': column.data_type}) -%}
    {%- endif -%}
  {%- endfor -%}
  {{ return(out) }}
{%- endmacro %}

{% macro check_for_schema_changes(source_relation, target_relation) -%}
  {{ return(adapter.dispatch('check_for_schema_changes', 'dbt')(source_relation, target_relation)) }}
{%- endmacro %}

{% macro default__check_for_schema_changes(source_relation, target_relation) -%}
  {%- set source = adapter.get_columns_in_relation(source_relation) -%}
  {%- set target = adapter.get_columns_in_relation(target_relation) -%}
  {%- set added = diff_columns(source, target) -%}
  {%- set removed = diff_columns(target, source) -%}
  {%- set retyped = diff_column_data_types(source, target) -%}
  {{ return({
    'schema_changed': added | length + removed | length + retyped | length > 0,
    'source_not_in_target': added,
    'target_not_in_source': removed,
    'source_columns': source,
    'target_columns': target,
    'new_target_types': retyped,
  }) }}
{%- endmacro %}

{% macro sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) -%}
  {{ return(adapter.dispatch('sync_column_schemas', 'dbt')(on_schema_change, target_relation, schema_changes_dict)) }}
{%- endmacro %}

{% macro default__sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) -%}
  {%- set added = schema_changes_dict['source_not_in_target'] -%}
  {%- if on_schema_change == 'append_new_columns' -%}
    {%- if added -%}
      {%- do alter_relation_add_remove_columns(target_relation, added, none) -%}
    {%- endif -%}
  {%- elif on_schema_change == 'sync_all_columns' -%}
    {%- set removed = schema_changes_dict['target_not_in_source'] -%}
    {%- if added or removed -%}
      {%- do alter_relation_add_remove_columns(target_relation, added, removed) -%}
    {%- endif -%}
    {%- for change in schema_changes_dict['new_target_types'] -%}
      {%- do alter_column_type(target_relation, change['column_name'], change['new_type']) -%}
    {%- endfor -%}
  {%- endif -%}
{%- endmacro %}

{#- Brings the target in line with the new rows, as `on_schema_change` says; gives the columns to insert. -#}
{% macro process_schema_changes(on_schema_change, source_relation, target_relation) -%}
  {{ return(adapter.dispatch('process_schema_changes', 'dbt')(on_schema_change, source_relation, target_relation)) }}
{%- endmacro %}

{% macro default__process_schema_changes(on_schema_change, source_relation, target_relation) -%}
  {%- if on_schema_change == 'ignore' -%}
    {{ return({}) }}
  {%- endif -%}
  {%- set changes = check_for_schema_changes(source_relation, target_relation) -%}
  {%- if changes['schema_changed'] -%}
    {%- if on_schema_change == 'fail' -%}
      {%- do exceptions.raise_compiler_error(
        'The columns of ' ~ target_relation ~ " have changed, and on_schema_change is 'fail'"
        ~ '\n  new columns: ' ~ (changes['source_not_in_target'] | map(attribute='name') | join(', '))
        ~ '\n  columns that are gone: ' ~ (changes['target_not_in_source'] | map(attribute='name') | join(', '))
        ~ '\n  other types: ' ~ changes['new_target_types']
        ~ "\nSet on_schema_change to 'append_new_columns' or 'sync_all_columns', or run with --full-refresh."
      ) -%}
    {%- endif -%}
    {%- do sync_column_schemas(on_schema_change, target_relation, changes) -%}
  {%- endif -%}
  {{ return(changes['source_columns']) }}
{%- endmacro %}
