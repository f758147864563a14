{#-
  The changes since the last run, one row each, as `dbt_change_type`: 'insert' for a new version, 'update' for the
  version that it ends, 'delete' for a version whose row is gone. Columns in order: those of the query, the key,
  dbt_updated_at, dbt_valid_from, dbt_valid_to, dbt_scd_id, and dbt_is_deleted where deleted rows get a record.
  The strategy's `row_changed` speaks of the aliases snapshotted_data and source_data.
-#}
{% macro snapshot_staging_table(strategy, source_sql, target_relation) -%}
  {{ return(adapter.dispatch('snapshot_staging_table', 'dbt')(strategy, source_sql, target_relation)) }}
{%- endmacro %}

{% macro default__snapshot_staging_table(strategy, source_sql, target_relation) -%}
  {%- set columns = dbt.snapshot_columns() -%}
  {%- set key = strategy.unique_key -%}
  {%- set records = strategy.hard_deletes == 'new_record' -%}
  {%- set deletions = records or strategy.hard_deletes == 'invalidate' -%}
  {%- set on_key = unique_key_join_on(key, 'snapshotted_data', 'source_data') -%}
  {%- set was_deleted = 'snapshotted_data.' ~ columns.dbt_is_deleted ~ " = 'True'" -%}
  {%- set changed = '(' ~ strategy.row_changed ~ (' or ' ~ was_deleted if records else '') ~ ')' -%}
  with snapshot_query as (
    {{ source_sql }}
  ),

  snapshotted_data as (
    select *, {{ unique_key_fields(key) }}
    from {{ target_relation }}
    where {{ dbt.snapshot_is_current('', columns) }}
  ),

  insertions_source_data as (
    select
      *,
      {{ unique_key_fields(key) }},
      {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
      {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
      {{ get_dbt_valid_to_current(strategy, columns) }},
      {{ strategy.scd_id }} as {{ columns.dbt_scd_id }}
    from snapshot_query
  ),

  updates_source_data as (
    select
      *,
      {{ unique_key_fields(key) }},
      {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
      {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
      {{ strategy.updated_at }} as {{ columns.dbt_valid_to }}
    from snapshot_query
  ),

  insertions as (
    select 'insert' as dbt_change_type, source_data.*{{ ", 'False' as " ~ columns.dbt_is_deleted if records }}
    from insertions_source_data as source_data
    left join snapshotted_data on {{ on_key }}
    where {{ unique_key_is_null(key, 'snapshotted_data') }}
      or ({{ unique_key_is_not_null(key, 'snapshotted_data') }} and {{ changed }})
  ),

  updates as (
    select
      'update' as dbt_change_type,
      source_data.*,
      snapshotted_data.{{ columns.dbt_scd_id }}
      {{- ', snapshotted_data.' ~ columns.dbt_is_deleted if records }}
    from updates_source_data as source_data
    join snapshotted_data on {{ on_key }}
    where {{ changed }}
  )
  {%- if deletions %},
  {{ dbt.snapshot_deletions(strategy, source_sql, target_relation, columns) }}
  {%- endif %}

  select * from insertions
  union all
  select * from updates
  {%- if deletions %}
  union all
  select * from deletes
  {%- endif %}
  {%- if records %}
  union all
  select * from deletion_records
  {%- endif %}
{%- endmacro %}

{#- Rows that are gone: their version ends now, and, where asked for, a record says so until they come back. -#}
{% macro snapshot_deletions(strategy, source_sql, target_relation, columns) -%}
  {%- set key = strategy.unique_key -%}
  {%- set records = strategy.hard_deletes == 'new_record' -%}
  {%- set on_key = unique_key_join_on(key, 'snapshotted_data', 'source_data') -%}
  {%- set now = snapshot_get_time() | trim -%}
  {%- set gone -%}
    {{ unique_key_is_null(key, 'source_data') }}
    {%- if records %}
      and not (
        snapshotted_data.{{ columns.dbt_is_deleted }} = 'True' and {{ dbt.snapshot_is_current('snapshotted_data', columns) }}
      )
    {%- endif -%}
  {%- endset -%}
  deletes_source_data as (
    select *, {{ unique_key_fields(key) }}
    from snapshot_query
  ),

  deletes as (
    select
      'delete' as dbt_change_type,
      source_data.*,
      {{ now }} as {{ columns.dbt_updated_at }},
      {{ now }} as {{ columns.dbt_valid_from }},
      {{ now }} as {{ columns.dbt_valid_to }},
      snapshotted_data.{{ columns.dbt_scd_id }}
      {{- ', snapshotted_data.' ~ columns.dbt_is_deleted if records }}
    from snapshotted_data
    left join deletes_source_data as source_data on {{ on_key }}
    where {{ gone }}
  )
  {%- if records -%}
    {#- A column that is new is null, and of its type, in the rows that were not found. -#}
    {%- set kept = get_columns_in_relation(target_relation) | map(attribute='name') | map('lower') | list %},

  deletion_records as (
    select
      'insert' as dbt_change_type,
      {%- for column in get_column_schema_from_query(source_sql) %}
      {{ 'snapshotted_data' if column.name | lower in kept else 'source_data' }}.{{ adapter.quote(column.name) }},
      {%- endfor %}
      {%- if key is string or key is not iterable %}
      snapshotted_data.dbt_unique_key,
      {%- else %}
      {%- for _ in key %}
      snapshotted_data.dbt_unique_key_{{ loop.index }},
      {%- endfor %}
      {%- endif %}
      {{ now }} as {{ columns.dbt_updated_at }},
      {{ now }} as {{ columns.dbt_valid_from }},
      snapshotted_data.{{ columns.dbt_valid_to }},
      {{ snapshot_hash_arguments([columns.dbt_scd_id, now]) }} as {{ columns.dbt_scd_id }},
      'True' as {{ columns.dbt_is_deleted }}
    from snapshotted_data
    left join deletes_source_data as source_data on {{ on_key }}
    where {{ gone }}
  )
  {%- endif %}
{%- endmacro %}
