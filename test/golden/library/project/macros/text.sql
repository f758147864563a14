{% macro tidy(column) -%} trim({{ column }}) {%- endmacro %}
{% macro cents(n) -%}{{ (n / 100) | round(2) }}{%- endmacro %}
{% macro dbt_names() %}{{ return(['Ferne', 'Ohne']) }}{% endmacro %}
{% test in_order(model, first, second) %}
select * from {{ model }} where {{ second }} < {{ first }}
{% endtest %}
