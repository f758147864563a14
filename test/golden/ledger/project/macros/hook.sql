{% macro note() %}select 1{% endmacro %}
