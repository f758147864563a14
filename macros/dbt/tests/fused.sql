{#-
  One row for several data tests of a relation, with a number for each that is 0 where the test finds nothing. A test has
  `name`, `column_name`, and for accepted_values the `accepted` values as SQL.
-#}
{% macro get_fused_tests_sql(relation, tests) -%}
  {{ return(adapter.dispatch('get_fused_tests_sql', 'dbt')(relation, tests)) }}
{%- endmacro %}

{% macro default__get_fused_tests_sql(relation, tests) -%}
  select
  {%- for test in tests %}
    {% if test.name == 'not_null' -%}
    count(case when {{ test.column_name }} is null then 1 end)
    {%- elif test.name == 'unique' -%}
    {{ fused_unique_sql(relation, test.column_name) }}
    {%- elif test.name == 'accepted_values' -%}
    count(case when {{ test.column_name }} not in ({{ test.accepted }}) then 1 end)
    {%- endif %} as test_{{ loop.index }}{{ ',' if not loop.last }}
  {%- endfor %}
  from {{ relation }}
{%- endmacro %}

{#- How often a value comes again; by itself where `distinct` knows another equality than `group by`. -#}
{% macro fused_unique_sql(relation, column_name) -%}
  {{ return(adapter.dispatch('fused_unique_sql', 'dbt')(relation, column_name)) }}
{%- endmacro %}

{#- DuckDB counts distinct values without their collation. -#}
{% macro default__fused_unique_sql(relation, column_name) -%}
  (
      select count(*)
      from (
        select {{ column_name }}
        from {{ relation }}
        where {{ column_name }} is not null
        group by {{ column_name }}
        having count(*) > 1
      ) as repeated
    )
{%- endmacro %}
