{#- The macro of a strategy, of the project or of a package: `snapshot_<name>_strategy`, `package.name` for a package's. -#}
{% macro strategy_dispatch(name) -%}
  {%- set package_name, strategy = name.split('.', 1) if '.' in name else (none, name) -%}
  {%- set wanted = 'snapshot_' ~ strategy ~ '_strategy' -%}
  {%- set place = context if package_name is none else context.get(package_name) -%}
  {%- if package_name is not none and place is none -%}
    {%- do exceptions.raise_compiler_error("strategy '" ~ name ~ "' names the package '" ~ package_name ~ "', which is not installed") -%}
  {%- endif -%}
  {%- set found = place[wanted] -%}
  {%- if found is not defined or found is none -%}
    {%- do exceptions.raise_compiler_error(
      "snapshot strategy '" ~ name ~ "' needs a macro '" ~ wanted ~ "', and there is none"
    ) -%}
  {%- endif -%}
  {{ return(found) }}
{%- endmacro %}

{#- A row's id: a hash over the key and the moment of the change. -#}
{% macro snapshot_hash_arguments(args) -%}
  {{ return(adapter.dispatch('snapshot_hash_arguments', 'dbt')(args)) }}
{%- endmacro %}

{% macro default__snapshot_hash_arguments(args) -%}
  md5(
    {%- for arg in args -%}
    coalesce(cast({{ arg }} as varchar), ''){{ " || '|' || " if not loop.last }}
    {%- endfor -%}
  )
{%- endmacro %}

{#- What every strategy gives: SQL of the key, the time, the id, and of whether a row has changed. -#}
{% macro snapshot_strategy_of(unique_key, updated_at, row_changed) -%}
  {%- set keys = [unique_key] if unique_key is string or unique_key is not iterable else unique_key | list -%}
  {%- set hard_deletes = adapter.get_hard_deletes_behavior(config) -%}
  {{ return({
    'unique_key': unique_key,
    'updated_at': updated_at,
    'row_changed': row_changed,
    'scd_id': snapshot_hash_arguments(keys + [updated_at]),
    'invalidate_hard_deletes': hard_deletes == 'invalidate',
    'hard_deletes': hard_deletes,
  }) }}
{%- endmacro %}

{#- A row has changed when its time of change is later than the version that is kept. -#}
{% macro snapshot_timestamp_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) -%}
  {%- set updated_at = config.get('updated_at') -%}
  {%- set row_changed = '(' ~ snapshotted_rel ~ '.' ~ dbt.snapshot_columns().dbt_valid_from ~ ' < ' ~ current_rel ~ '.' ~ updated_at ~ ')' -%}
  {{ return(dbt.snapshot_strategy_of(config.get('unique_key'), updated_at, row_changed)) }}
{%- endmacro %}

{#- Whether the query has columns that the snapshot lacks, and those of the checked columns that it has, quoted. -#}
{% macro snapshot_check_all_get_existing_columns(node, target_exists, check_cols_config) -%}
  {%- if not target_exists -%}
    {{ return((false, none)) }}
  {%- endif -%}
  {%- set wanted = get_columns_in_query(node['compiled_code']) -%}
  {%- if check_cols_config != 'all' -%}
    {#- A name that the query does not give is an error of the warehouse, told before anything is written. -#}
    {%- set checked = 'select ' ~ ([check_cols_config] if check_cols_config is string else check_cols_config) | join(', ') -%}
    {%- set wanted = get_columns_in_query(checked ~ ' from (\n' ~ node['compiled_code'] ~ '\n) subq') -%}
  {%- endif -%}
  {%- set target = adapter.get_relation(database=node.database, schema=node.schema, identifier=node.alias) -%}
  {%- set known = get_columns_in_relation(target) | map(attribute='column') | map('lower') | list -%}
  {%- set kept = [] -%}
  {%- for name in wanted if name | lower in known -%}
    {%- do kept.append(adapter.quote(name)) -%}
  {%- endfor -%}
  {{ return((kept | length < wanted | length, kept)) }}
{%- endmacro %}

{#- A row has changed when a checked column is another value; a column that is new to the snapshot changes every row. -#}
{% macro snapshot_check_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) -%}
  {%- set check_cols = config.get('check_cols') -%}
  {%- if not check_cols or (check_cols is string and check_cols != 'all') or check_cols is not iterable -%}
    {%- do exceptions.raise_compiler_error("Invalid value for 'check_cols': " ~ check_cols ~ "; give a list of columns, or 'all'") -%}
  {%- endif -%}
  {%- set column_added, columns = snapshot_check_all_get_existing_columns(node, target_exists, check_cols) -%}
  {%- set differs = ['TRUE'] if column_added else [] -%}
  {%- for name in (columns or []) if not column_added -%}
    {%- set old, new = snapshotted_rel ~ '.' ~ name, current_rel ~ '.' ~ name -%}
    {%- do differs.append(
      old ~ ' != ' ~ new
      ~ ' or (' ~ old ~ ' is null and ' ~ new ~ ' is not null)'
      ~ ' or (' ~ old ~ ' is not null and ' ~ new ~ ' is null)'
    ) -%}
  {%- endfor -%}
  {%- set updated_at = config.get('updated_at') or snapshot_get_time() | trim -%}
  {{ return(dbt.snapshot_strategy_of(config.get('unique_key'), updated_at, '(' ~ (differs | join(' or ')) ~ ')')) }}
{%- endmacro %}
