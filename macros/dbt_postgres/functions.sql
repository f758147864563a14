{#- Name and type of each argument, and its default where it has one. -#}
{% macro postgres__formatted_scalar_function_args_sql() -%}
  {%- set out = [] -%}
  {%- for argument in model.arguments or [] -%}
    {%- set fallback = argument.get('default_value', none) -%}
    {%- do out.append(argument.name ~ ' ' ~ argument.data_type ~ (' DEFAULT ' ~ fallback if fallback is not none else '')) -%}
  {%- endfor -%}
  {{ out | join(', ') }}
{%- endmacro %}
