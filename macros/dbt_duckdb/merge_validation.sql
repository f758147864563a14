{#- All mistakes of a merge's configuration in one error. -#}
{% macro validate_merge_config(config, target_relation=none) -%}
  {%- set errors = [] -%}
  {%- set texts = ['merge_update_condition', 'merge_insert_condition'] -%}
  {%- set lists = ['merge_on_using_columns', 'merge_update_columns', 'merge_exclude_columns'] -%}
  {%- for name in texts if config.get(name) is not none -%}
    {%- do validate_string_field(config.get(name), name, errors) -%}
  {%- endfor -%}
  {%- for name in lists if config.get(name) is not none -%}
    {%- do validate_string_list_field(config.get(name), name, errors) -%}
  {%- endfor -%}
  {%- if config.get('merge_update_set_expressions') is not none -%}
    {%- do validate_dict_field(config.get('merge_update_set_expressions'), 'merge_update_set_expressions', errors) -%}
  {%- endif -%}
  {%- if config.get('merge_returning_columns') is not none -%}
    {%- do validate_string_list_field(config.get('merge_returning_columns'), 'merge_returning_columns', errors) -%}
  {%- endif -%}
  {%- if config.get('merge_clauses') is not none -%}
    {%- do validate_merge_clauses(
      config, texts + ['merge_update_columns', 'merge_exclude_columns', 'merge_update_set_expressions'], errors
    ) -%}
  {%- endif -%}
  {%- if target_relation is not none and adapter.is_ducklake(target_relation) -%}
    {%- do validate_ducklake_restrictions(config, target_relation, errors) -%}
  {%- endif -%}
  {%- if errors -%}
    {%- do exceptions.raise_compiler_error('The configuration of the merge does not hold:\n' ~ (errors | join('\n'))) -%}
  {%- endif -%}
{%- endmacro %}

{% macro validate_merge_clauses(config, base_configuration_fields, errors) -%}
  {%- set clauses = config.get('merge_clauses') -%}
  {%- if clauses is not mapping -%}
    {%- do errors.append('merge_clauses must be a dictionary, found: ' ~ clauses) -%}
    {{ return(none) }}
  {%- endif -%}
  {%- if 'when_matched' not in clauses and 'when_not_matched' not in clauses -%}
    {%- do errors.append("merge_clauses says neither 'when_matched' nor 'when_not_matched'") -%}
  {%- endif -%}
  {%- for kind in ['when_matched', 'when_not_matched'] if kind in clauses -%}
    {%- do validate_merge_clause_list(clauses, kind, errors) -%}
  {%- endfor -%}
  {%- set ignored = [] -%}
  {%- for name in base_configuration_fields if config.get(name) -%}
    {%- do ignored.append(name) -%}
  {%- endfor -%}
  {%- if ignored -%}
    {%- do errors.append('merge_clauses says it all: beside it these have no effect and must go: ' ~ (ignored | join(', '))) -%}
  {%- endif -%}
{%- endmacro %}

{% macro validate_merge_clause_list(merge_clauses, clause_type, errors) -%}
  {%- set name = 'merge_clauses.' ~ clause_type -%}
  {%- set clauses = merge_clauses.get(clause_type) -%}
  {%- if clauses is string or clauses is mapping or clauses is not sequence -%}
    {%- do errors.append(name ~ ' must be a list') -%}
  {%- elif not clauses -%}
    {%- do errors.append(name ~ ' is empty') -%}
  {%- else -%}
    {%- for clause in clauses if clause is not mapping -%}
      {%- do errors.append(name ~ ' holds dictionaries only, not: ' ~ clause) -%}
    {%- endfor -%}
  {%- endif -%}
{%- endmacro %}

{#- DuckLake takes one update or delete of matched rows in a statement. -#}
{% macro validate_ducklake_restrictions(config, target_relation, errors) -%}
  {%- set changes = [] -%}
  {%- for clause in (config.get('merge_clauses') or {}).get('when_matched') or [] if clause is mapping -%}
    {%- if clause.get('action') in ['update', 'delete'] -%}
      {%- do changes.append(clause.get('action')) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if changes | length > 1 -%}
    {%- do errors.append('DuckLake allows one update or delete in merge_clauses.when_matched, found: ' ~ (changes | join(', '))) -%}
  {%- endif -%}
{%- endmacro %}

{% macro validate_string_field(field_value, field_name, errors) -%}
  {%- if field_value is not string -%}
    {%- do errors.append(field_name ~ ' must be a string, found: ' ~ field_value) -%}
  {%- endif -%}
{%- endmacro %}

{% macro validate_string_list_field(field_value, field_name, errors) -%}
  {%- if field_value is string or field_value is mapping or field_value is not sequence -%}
    {%- do errors.append(field_name ~ ' must be a list') -%}
  {%- else -%}
    {%- for item in field_value if item is not string -%}
      {%- do errors.append(field_name ~ ' holds names only, not: ' ~ item) -%}
    {%- endfor -%}
  {%- endif -%}
{%- endmacro %}

{% macro validate_dict_field(field_value, field_name, errors) -%}
  {%- if field_value is not mapping -%}
    {%- do errors.append(field_name ~ ' must be a dictionary, found: ' ~ field_value) -%}
  {%- endif -%}
{%- endmacro %}
