{#-
  DuckDB's merge. `merge_clauses` of the configuration spells out every branch; without it there is one update and one
  insert, shaped by the merge_* settings. Columns go by name unless an action says another mode.
-#}
{% macro duckdb__get_incremental_merge_sql(args_dict) -%}
  {{ return(get_merge_sql(
    args_dict['target_relation'],
    args_dict['temp_relation'],
    args_dict['unique_key'],
    args_dict['dest_columns'],
    args_dict['incremental_predicates'],
  )) }}
{%- endmacro %}

{% macro duckdb__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
  {%- do validate_merge_config(config, target) -%}
  {%- set update_columns = config.get('merge_update_columns', []) -%}
  {%- set exclude_columns = config.get('merge_exclude_columns', []) -%}
  {%- set expressions = config.get('merge_update_set_expressions', {}) -%}
  {%- set defaults = merge_clause_defaults(
    config.get('merge_update_condition'),
    config.get('merge_insert_condition'),
    update_columns,
    exclude_columns,
    expressions,
  ) -%}
  {%- set shaped = update_columns or exclude_columns or expressions -%}
  {%- set clauses = config.get('merge_clauses') or {} -%}
  {%- set matched = clauses.get('when_matched')
    or [defaults['when_matched_update_explicit'] if shaped else defaults['when_matched_update_by_name']] -%}
  {%- set unmatched = clauses.get('when_not_matched') or [defaults['when_not_matched_insert_by_name']] -%}
  {%- set returning = config.get('merge_returning_columns', []) -%}
  {{ dbt.sql_header_of_model() }}
  merge into {{ target }} as DBT_INTERNAL_DEST
  using {{ source }} as DBT_INTERNAL_SOURCE
  {{ duckdb__merge_join_clause(
    unique_key, config.get('merge_on_using_columns', []), normalize_incremental_predicates(incremental_predicates)
  ) }}
  {%- for clause in matched %}
  when matched{{ ' and ' ~ clause['condition'] if clause.get('condition') }} then {{ dbt.merge_action(clause, dest_columns) }}
  {%- endfor %}
  {%- for clause in unmatched %}
  when not matched{{ ' by ' ~ clause['by'] if clause.get('by') }}{{ ' and ' ~ clause['condition'] if clause.get('condition') }} then {{ dbt.merge_action(clause, dest_columns) }}
  {%- endfor %}
  {{ 'returning ' ~ (returning | join(', ')) if returning }}
{%- endmacro %}

{#- The branches of a merge that configures none, by name. -#}
{% macro merge_clause_defaults(merge_update_condition, merge_insert_condition, merge_update_columns=[], merge_exclude_columns=[], merge_update_set_expressions={}) -%}
  {{ return({
    'when_matched_update_by_name': {'action': 'update', 'condition': merge_update_condition, 'mode': 'by_name'},
    'when_not_matched_insert_by_name': {'action': 'insert', 'condition': merge_insert_condition, 'mode': 'by_name'},
    'when_matched_update_explicit': {
      'action': 'update',
      'condition': merge_update_condition,
      'mode': 'explicit',
      'update': {
        'include': merge_update_columns,
        'exclude': merge_exclude_columns,
        'set_expressions': merge_update_set_expressions,
      },
    },
  }) }}
{%- endmacro %}

{% macro duckdb__merge_join_clause(unique_key, merge_on_using_columns, incremental_predicates) -%}
  {%- if merge_on_using_columns -%}
    using ({{ merge_on_using_columns | join(', ') }})
  {%- else -%}
    {%- set conditions = [] -%}
    {%- for key in normalize_string_or_list(unique_key, 'unique_key') if key -%}
      {%- do conditions.append('(DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key ~ ')') -%}
    {%- endfor -%}
    {#- Without a key no row is known to be another's. -#}
    {%- set conditions = conditions or ['(FALSE)'] -%}
    {%- for predicate in incremental_predicates or [] -%}
      {%- do conditions.append('(' ~ predicate ~ ')') -%}
    {%- endfor -%}
    on {{ conditions | join(' and ') }}
  {%- endif -%}
{%- endmacro %}

{#- What one branch does: `action`, and for updates and inserts how the columns are found, `mode`. -#}
{% macro merge_action(clause, dest_columns) -%}
  {%- set action = clause.get('action') -%}
  {%- set mode = clause.get('mode') or 'by_name' -%}
  {%- set plain = {'by_name': 'by name', 'by_position': 'by position'} -%}
  {%- if action in ['delete', 'do_nothing'] -%}
    {{ action | replace('_', ' ') }}
  {%- elif action == 'error' -%}
    error {{ string_literal(escape_single_quotes(clause['error_message'])) if clause.get('error_message') }}
  {%- elif action in ['update', 'insert'] and mode in plain -%}
    {{ action }} {{ plain[mode] }}
  {%- elif action == 'update' and mode == 'star' -%}
    update set *
  {%- elif action == 'insert' and mode == 'star' -%}
    insert *
  {%- elif action == 'update' and mode == 'explicit' -%}
    update set {{ dbt.merge_assignments(clause.get('update') or {}, dest_columns) }}
  {%- elif action == 'insert' and mode == 'explicit' -%}
    {%- set insert = clause.get('insert') or {} -%}
    {%- set columns = insert.get('columns') or [] -%}
    insert {{ '(' ~ (columns | join(', ')) ~ ')' if columns }} values ({{ (insert.get('values') or []) | join(', ') }})
  {%- else -%}
    {%- do exceptions.raise_compiler_error(
      "merge_clauses: action '" ~ action ~ "' with mode '" ~ mode ~ "' is none that DuckDB has; actions are update, insert,"
      ~ ' delete, do_nothing and error, modes by_name, by_position, star and explicit'
    ) -%}
  {%- endif -%}
{%- endmacro %}

{#- Expressions first; a column that has one is not also set to the source's. -#}
{% macro merge_assignments(update, dest_columns) -%}
  {%- set expressions = update.get('set_expressions') or {} -%}
  {%- set include, exclude = update.get('include') or [], update.get('exclude') or [] -%}
  {%- set taken = expressions.keys() | map('lower') | list -%}
  {%- set out = [] -%}
  {%- for name, expression in expressions.items() -%}
    {%- do out.append(name ~ ' = ' ~ expression) -%}
  {%- endfor -%}
  {%- for name in get_merge_update_columns(include, exclude, dest_columns) if name | trim('"') | lower not in taken -%}
    {%- do out.append(name ~ ' = DBT_INTERNAL_SOURCE.' ~ name) -%}
  {%- endfor -%}
  {{ return(out | join(', ')) }}
{%- endmacro %}
