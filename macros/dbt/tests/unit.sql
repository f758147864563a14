{#- Rows that the model gave and rows that were expected, told apart by `actual_or_expected`. -#}
{% macro get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
  {{ return(adapter.dispatch('get_unit_test_sql', 'dbt')(main_sql, expected_fixture_sql, expected_column_names)) }}
{%- endmacro %}

{% macro default__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
  {%- set names = expected_column_names | join(', ') -%}
  with dbt_internal_unit_test_actual as (
    select {{ names }}, 'actual' as {{ adapter.quote('actual_or_expected') }}
    from (
      {{ main_sql }}
    ) as _dbt_internal_unit_test_actual
  ),
  dbt_internal_unit_test_expected as (
    select {{ names }}, 'expected' as {{ adapter.quote('actual_or_expected') }}
    from (
      {{ expected_fixture_sql }}
    ) as _dbt_internal_unit_test_expected
  )
  select * from dbt_internal_unit_test_actual
  union all
  select * from dbt_internal_unit_test_expected
{%- endmacro %}

{#-
  Fixture rows of an input as a query: columns that a row leaves out are null. Without types, those of `this`, the
  relation that the rows stand for, or of the one that is deferred to where it is not there.
-#}
{% macro get_fixture_sql(rows, column_name_to_data_types) -%}
  {%- set types = {} -%}
  {%- set quoted = {} -%}
  {%- if column_name_to_data_types -%}
    {%- do types.update(column_name_to_data_types) -%}
  {%- else -%}
    {%- set relation = defer_relation if defer_relation and not load_relation(this) else this -%}
    {%- for column in adapter.get_columns_in_relation(relation) -%}
      {%- do types.update({column.name | lower: column.data_type}) -%}
      {%- do quoted.update({column.name | lower: column.quoted}) -%}
    {%- endfor -%}
    {%- if not types -%}
      {%- do exceptions.raise_compiler_error(
        "Not able to get columns for unit test '" ~ model.name ~ "' from relation " ~ this
        ~ " because the relation doesn't exist"
      ) -%}
    {%- endif -%}
  {%- endif -%}
  {%- set nothing = {} -%}
  {%- for name, type in types.items() -%}
    {%- do nothing.update({name: safe_cast('null', type) | trim}) -%}
  {%- endfor -%}
  {%- do validate_fixture_rows(rows, none) -%}
  {%- set names = [] -%}
  {%- set parts = [] -%}
  {%- for name in types -%}
    {%- do names.append(quoted.get(name, name)) -%}
  {%- endfor -%}
  {%- for row in rows -%}
    {%- set values = format_row(row, types) -%}
    {%- set cells = [] -%}
    {%- for name in types -%}
      {%- do cells.append(values.get(name, nothing[name])) -%}
    {%- endfor -%}
    {%- do parts.append(cells) -%}
  {%- endfor -%}
-- Fixture for {{ model.name }}
{{ fixture_query(names, parts or [nothing.values() | list]) }}
  {%- if not rows %}
limit 0
  {%- endif -%}
{%- endmacro %}

{#- The expected rows as a query: exactly the columns that they name. -#}
{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) -%}
  {%- if not rows -%}
select * from dbt_internal_unit_test_actual
limit 0
  {%- else -%}
    {%- set names = [] -%}
    {%- set parts = [] -%}
    {%- for row in rows -%}
      {%- set values = format_row(row, column_name_to_data_types) -%}
      {%- do parts.append(values.values() | list) -%}
      {%- if loop.first -%}
        {%- for name in values -%}
          {%- do names.append(column_name_to_quoted[name]) -%}
        {%- endfor -%}
      {%- endif -%}
    {%- endfor -%}
{{ fixture_query(names, parts) }}
  {%- endif -%}
{%- endmacro %}

{#- Rows of SQL values, of one type for each column. As a chain of unions they would take DuckDB minutes to bind. -#}
{% macro fixture_query(names, rows) -%}
  {%- set lines = [] -%}
  {%- if rows | length == 1 -%}
    {%- for name in names -%}
      {%- do lines.append(rows[0][loop.index0] ~ ' as ' ~ name) -%}
    {%- endfor -%}
select {{ lines | join(', ') }}
  {%- else -%}
    {%- for row in rows -%}
      {%- do lines.append('(' ~ row | join(', ') ~ ')') -%}
    {%- endfor -%}
select * from (
  values
  {{ lines | join(',\n  ') }}
) as fixture_rows ({{ names | join(', ') }})
  {%- endif -%}
{%- endmacro %}

{#-
  A row's values as SQL of the columns' types, by names in lower case. A text is given to a type without its length,
  which would cut it.
-#}
{% macro format_row(row, column_name_to_data_types) -%}
  {%- set known = {} -%}
  {%- for name, type in column_name_to_data_types.items() -%}
    {%- do known.update({name | lower: type}) -%}
  {%- endfor -%}
  {%- set out = {} -%}
  {%- for given, value in row.items() -%}
    {%- set name = given | lower -%}
    {%- if name not in known -%}
      {%- set rows_of = 'expected output' if model.resource_type == 'unit_test' else "'" ~ model.name ~ "'" -%}
      {%- do exceptions.raise_compiler_error(
        "Invalid column name: '" ~ name ~ "' in unit test fixture for " ~ rows_of
        ~ ".\nAccepted columns for " ~ rows_of ~ " are: " ~ (known.keys() | list)
      ) -%}
    {%- endif -%}
    {%- set type = known[name] -%}
    {%- if value is string and 'varying' in type -%}
      {%- set type = type.split('(')[0] -%}
    {%- endif -%}
    {%- do out.update({name: safe_cast(fixture_value(value, type), type) | trim}) -%}
  {%- endfor -%}
  {{ return(out) }}
{%- endmacro %}

{#- A value of a fixture as SQL that can be cast to the type of its column; lists and mappings hold further values. -#}
{% macro fixture_value(value, type) -%}
  {%- if value is none -%}
    {{ return('null') }}
  {%- elif value is string -%}
    {{ return(string_literal(escape_single_quotes(value))) }}
  {%- elif value is mapping or value is sequence -%}
    {{ return(adapter.dispatch('nested_fixture_value', 'dbt')(value, type)) }}
  {%- endif -%}
  {{ return(value) }}
{%- endmacro %}

{% macro default__nested_fixture_value(value, type) -%}
  {%- if type | lower == 'json' -%}
    {{ return(string_literal(escape_single_quotes(tojson(value)))) }}
  {%- endif -%}
  {%- set parts = [] -%}
  {%- if value is mapping -%}
    {%- for key, one in value.items() -%}
      {%- do parts.append(fixture_value(key, '') ~ ': ' ~ fixture_value(one, '')) -%}
    {%- endfor -%}
    {{ return(('map ' if (type | lower).startswith('map(') else '') ~ '{' ~ parts | join(', ') ~ '}') }}
  {%- endif -%}
  {%- for one in value -%}
    {%- do parts.append(fixture_value(one, '') | string) -%}
  {%- endfor -%}
  {{ return('[' ~ parts | join(', ') ~ ']') }}
{%- endmacro %}

{#- For warehouses that cannot take every shape of fixture row. -#}
{% macro validate_fixture_rows(rows, row_number) -%}
  {{ return(adapter.dispatch('validate_fixture_rows', 'dbt')(rows, row_number)) }}
{%- endmacro %}

{% macro default__validate_fixture_rows(rows, row_number) -%}
{%- endmacro %}
