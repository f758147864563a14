{#-
  DuckDB's functions are macros: an expression, which is put into the place of the call. dbt-duckdb would send what
  PostgreSQL understands, and DuckDB refuse it. The cast gives the type that the function says it returns.
-#}
{% macro duckdb__scalar_function_create_replace_signature_sql(target_relation) -%}
  {#- These have no place in the statement, but may have something to tell. -#}
  {%- set _ = scalar_function_volatility_sql() -%}
  {%- do dbt_duckdb.check_function_types() -%}
  CREATE OR REPLACE MACRO {{ target_relation.render() }} ({{ formatted_scalar_function_args_sql() }}) AS
{%- endmacro %}

{#- A macro is read when it is called: a type that does not exist would be found then. -#}
{% macro check_function_types() -%}
  {%- set types = [model.returns.data_type] + (model.arguments or []) | map(attribute='data_type') | list -%}
  {%- do run_query('select null::' ~ types | join(', null::')) -%}
{%- endmacro %}

{#- Files take arguments with types only if they were made for DuckDB 1.4 or newer, which is not the default. -#}
{% macro duckdb__formatted_scalar_function_args_sql() -%}
  {%- set out = [] -%}
  {%- for argument in model.arguments or [] -%}
    {%- set fallback = argument.get('default_value', none) -%}
    {%- do out.append(argument.name ~ (' := ' ~ fallback if fallback is not none else '')) -%}
  {%- endfor -%}
  {{ out | join(', ') }}
{%- endmacro %}

{% macro duckdb__scalar_function_body_sql() -%}
  CAST((
    {{ (model.compiled_code | trim).rstrip(';') }}
  ) AS {{ model.returns.data_type }})
{%- endmacro %}

{% macro duckdb__scalar_function_volatility_sql() -%}
  {%- set volatility = model.config.get('volatility') -%}
  {%- if volatility is not none -%}
    {%- do unsupported_volatility_warning(volatility) -%}
  {%- endif -%}
{%- endmacro %}
