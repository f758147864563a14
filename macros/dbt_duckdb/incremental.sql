{% macro duckdb__get_incremental_default_sql(arg_dict) -%}
  {%- if arg_dict['unique_key'] -%}
    {{ return(get_incremental_delete_insert_sql(arg_dict)) }}
  {%- endif -%}
  {{ return(get_incremental_append_sql(arg_dict)) }}
{%- endmacro %}

{#-
  Predicates are written for these names: with one key column the target goes by its own name, with several by
  DBT_INCREMENTAL_TARGET.
-#}
{% macro duckdb__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
  {%- set conditions = [] -%}
  {%- set several = unique_key is sequence and unique_key is not string -%}
  {%- if several -%}
    {%- for key in unique_key -%}
      {%- do conditions.append(source ~ '.' ~ key ~ ' = DBT_INCREMENTAL_TARGET.' ~ key) -%}
    {%- endfor -%}
  {%- elif unique_key -%}
    {%- do conditions.append('(' ~ unique_key ~ ') in (select (' ~ unique_key ~ ') from ' ~ source ~ ')') -%}
  {%- endif -%}
  {%- if conditions %}
    delete from {{ target }} {{ 'as DBT_INCREMENTAL_TARGET using ' ~ source if several }}
    where {{ (conditions + normalize_incremental_predicates(incremental_predicates)) | join('\n      and ') }};
  {%- endif %}

  {{ get_insert_into_sql(target, source, dest_columns) }}
{%- endmacro %}

{#-
  The batch's part of the time is emptied and filled again, so that a batch may run twice. Predicates narrow what is
  taken away.
-#}
{% macro duckdb__get_incremental_microbatch_sql(arg_dict) -%}
  {%- set event_time = model.config.event_time -%}
  {%- if not event_time -%}
    {%- do exceptions.raise_compiler_error("the strategy microbatch needs the model's event_time, the column that tells its batches apart") -%}
  {%- endif -%}
  {%- if config.get('unique_key') -%}
    {%- do exceptions.raise_compiler_error(
      "the strategy microbatch takes no unique_key here: a batch is replaced by its event_time; remove the key, or use the strategy 'merge'"
    ) -%}
  {%- endif -%}
  {%- if not model.batch or not model.batch.event_time_start or not model.batch.event_time_end -%}
    {%- do exceptions.raise_compiler_error(
      'the strategy microbatch builds one batch of a model at a time, and none is given here'
    ) -%}
  {%- endif -%}
  {%- set in_batch -%}
    {{ event_time }} >= '{{ model.batch.event_time_start }}' and {{ event_time }} < '{{ model.batch.event_time_end }}'
  {%- endset -%}
  {%- set narrowed = [] -%}
  {%- for predicate in normalize_incremental_predicates(arg_dict.get('incremental_predicates')) -%}
    {%- do narrowed.append('(' ~ predicate ~ ')') -%}
  {%- endfor -%}
  {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
  delete from {{ arg_dict['target_relation'] }}
  where {{ ([in_batch] + narrowed) | join('\n    and ') }};

  insert into {{ arg_dict['target_relation'] }} ({{ columns }})
  select {{ columns }}
  from {{ arg_dict['temp_relation'] }}
  where {{ in_batch }}
{%- endmacro %}

{% macro normalize_incremental_predicates(incremental_predicates) -%}
  {{ return(normalize_string_or_list(incremental_predicates, 'incremental_predicates')) }}
{%- endmacro %}

{#- One text or a list of texts, as a list; none is an empty one. -#}
{% macro normalize_string_or_list(raw, field_name) -%}
  {%- if raw is none -%}
    {{ return([]) }}
  {%- elif raw is string -%}
    {{ return([raw]) }}
  {%- elif raw is sequence and raw is not mapping and not raw | reject('string') | list -%}
    {{ return(raw | list) }}
  {%- endif -%}
  {%- do exceptions.raise_compiler_error(field_name ~ ' is one text or a list of texts, not ' ~ raw) -%}
{%- endmacro %}

{#- A relation of the schema for temporary rows where temporary tables do not reach: MotherDuck. -#}
{% macro duckdb__dispatch_temporary_relation(target_relation, batch_id='') -%}
  {{ return(make_temp_relation(target_relation, '__dbt_tmp' ~ ('_' ~ batch_id if batch_id else ''))) }}
{%- endmacro %}

{#- As the general one: the staging rows stand in a temporary table. -#}
{% macro build_snapshot_staging_table(strategy, sql, target_relation) -%}
  {%- set staging = make_temp_relation(target_relation) -%}
  {%- call statement('build_snapshot_staging_relation') -%}
    {{ create_table_as(true, staging, snapshot_staging_table(strategy, sql, target_relation)) }}
  {%- endcall -%}
  {{ return(staging) }}
{%- endmacro %}

{% macro duckdb__snapshot_merge_sql(target, source, insert_cols) -%}
  {%- set columns = dbt.snapshot_columns() -%}
  update {{ target }} as DBT_INTERNAL_TARGET
  set {{ columns.dbt_valid_to }} = DBT_INTERNAL_SOURCE.{{ columns.dbt_valid_to }}
  from {{ source }} as DBT_INTERNAL_SOURCE
  where DBT_INTERNAL_SOURCE.{{ columns.dbt_scd_id }} = DBT_INTERNAL_TARGET.{{ columns.dbt_scd_id }}
    and DBT_INTERNAL_SOURCE.dbt_change_type in ('update', 'delete')
    and {{ dbt.snapshot_is_current('DBT_INTERNAL_TARGET', columns) }};

  insert into {{ target }} ({{ insert_cols | join(', ') }})
  select {{ insert_cols | join(', ') }}
  from {{ source }}
  where dbt_change_type = 'insert'
{%- endmacro %}

{#- Temporary tables live as long as the connection, which the next node may get. -#}
{% macro duckdb__post_snapshot(temporary_relation) -%}
  {%- do drop_relation(temporary_relation) -%}
{%- endmacro %}

{% macro duckdb__get_insert_overwrite_merge_sql(target, source, dest_columns, predicates, include_sql_header=false) -%}
  {{ dbt.replace_rows_sql(target, source, dest_columns, predicates, include_sql_header) }}
{%- endmacro %}
