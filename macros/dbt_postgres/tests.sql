{#- In the scan that the other tests take, too. -#}
{% macro postgres__fused_unique_sql(relation, column_name) -%}
  count({{ column_name }}) - count(distinct {{ column_name }})
{%- endmacro %}
