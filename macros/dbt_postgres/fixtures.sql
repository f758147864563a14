{#- Arrays are for array types, everything else that holds values is JSON. -#}
{% macro postgres__nested_fixture_value(value, type) -%}
  {%- if value is mapping or not type.endswith('[]') -%}
    {{ return(string_literal(escape_single_quotes(tojson(value)))) }}
  {%- endif -%}
  {%- set parts = [] -%}
  {%- for one in value -%}
    {%- set is_list = one is sequence and one is not string and one is not mapping -%}
    {%- do parts.append(fixture_value(one, type if is_list else type[:-2]) | string) -%}
  {%- endfor -%}
  {{ return('array[' ~ parts | join(', ') ~ ']') }}
{%- endmacro %}
