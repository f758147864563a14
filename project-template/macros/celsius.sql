{#- A temperature in degrees Celsius, whatever unit it was measured in. -#}
{% macro celsius(value, unit) -%}
    round(case when {{ unit }} = 'F' then ({{ value }} - 32) * 5 / 9 else {{ value }} end, 2)
{%- endmacro %}
