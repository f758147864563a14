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
  relation that the rows stand for.
-#}
{% macro get_fixture_sql(rows, column_name_to_data_types) -%}
  {%- set types = column_name_to_data_types or {} -%}
  {%- set quoted = {} -%}
  {%- if not types -%}
    {%- for column in adapter.get_columns_in_relation(load_relation(this) or defer_relation) -%}
      {%- do types.update({column.name | lower: column.dtype if column.is_string() else column.data_type}) -%}
      {%- do quoted.update({column.name | lower: column.quoted}) -%}
    {%- endfor -%}
  {%- endif -%}
  {%- if not types -%}
    {%- do exceptions.raise_compiler_error(
      "unit test '" ~ model.name ~ "' takes the types of its rows from " ~ this
      ~ ', which is not there. Build it first: `sluice run --empty --select ' ~ this.name ~ '`'
    ) -%}
  {%- endif -%}
  {%- set selects = [] -%}
  {%- for row in rows -%}
    {%- do validate_fixture_rows(rows, loop.index0) -%}
    {%- set values = format_row(row, types) -%}
    {%- set fields = [] -%}
    {%- for name, type in types.items() -%}
      {%- do fields.append(values.get(name, safe_cast('null', type) | trim) ~ ' as ' ~ quoted.get(name, name)) -%}
    {%- endfor -%}
    {%- do selects.append('select ' ~ (fields | join(', '))) -%}
  {%- endfor -%}
  {%- if selects -%}
    {{ selects | join('\nunion all\n') }}
  {%- else -%}
    {%- set fields = [] -%}
    {%- for name, type in types.items() -%}
      {%- do fields.append((safe_cast('null', type) | trim) ~ ' as ' ~ quoted.get(name, name)) -%}
    {%- endfor -%}
    select {{ fields | join(', ') }}
    limit 0
  {%- endif -%}
{%- endmacro %}

{#- The expected rows as a query: exactly the columns that they name. -#}
{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) -%}
  {%- if not rows -%}
    select * from dbt_internal_unit_test_actual
    limit 0
  {%- else -%}
    {%- set selects = [] -%}
    {%- for row in rows -%}
      {%- set fields = [] -%}
      {%- for name, value in format_row(row, column_name_to_data_types).items() -%}
        {%- do fields.append(value ~ ' as ' ~ column_name_to_quoted[name]) -%}
      {%- endfor -%}
      {%- do selects.append('select ' ~ (fields | join(', '))) -%}
    {%- endfor -%}
    {{ selects | join('\nunion all\n') }}
  {%- endif -%}
{%- endmacro %}

{#- A row's values as SQL of the columns' types. -#}
{% macro format_row(row, column_name_to_data_types) -%}
  {%- set known = {} -%}
  {%- for name, type in column_name_to_data_types.items() -%}
    {%- do known.update({name | lower: type}) -%}
  {%- endfor -%}
  {%- set out = {} -%}
  {%- for given, value in row.items() -%}
    {%- set name = given | lower -%}
    {%- if name not in known -%}
      {%- do exceptions.raise_compiler_error(
        "'" ~ given ~ "' is no column of the rows of unit test '" ~ model.name ~ "'; there are: " ~ (known.keys() | join(', '))
      ) -%}
    {%- endif -%}
    {%- set sql = value -%}
    {%- if value is string -%}
      {%- set sql = string_literal(escape_single_quotes(value)) -%}
    {%- elif value is none -%}
      {%- set sql = 'null' -%}
    {%- endif -%}
    {%- do out.update({name: safe_cast(sql, known[name]) | trim}) -%}
  {%- endfor -%}
  {{ return(out) }}
{%- endmacro %}

{#- For warehouses that cannot take every shape of fixture row. -#}
{% macro validate_fixture_rows(rows, row_number) -%}
  {{ return(adapter.dispatch('validate_fixture_rows', 'dbt')(rows, row_number)) }}
{%- endmacro %}

{% macro default__validate_fixture_rows(rows, row_number) -%}
{%- endmacro %}
