{#- Rows are read whole: whatever is asked of them is answered by one scan. -#}
{% macro postgres__get_fused_tests_sql(relation, tests, is_query) -%}
  {{ dbt.fused_scan_sql(relation, tests) }}
{%- endmacro %}

{% macro postgres__fused_unique_sql(relation, column_name) -%}
  count({{ column_name }}) - count(distinct {{ column_name }})
{%- endmacro %}
