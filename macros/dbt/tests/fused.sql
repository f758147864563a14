{#-
  One row for several data tests of a relation, with a number for each that is 0 where the test finds nothing. A test has
  `name`, `column_name`, and for accepted_values the `accepted` values as SQL. `is_query`: reading the relation computes
  it, as that of a view.
-#}
{% macro get_fused_tests_sql(relation, tests, is_query) -%}
  {{ return(adapter.dispatch('get_fused_tests_sql', 'dbt')(relation, tests, is_query)) }}
{%- endmacro %}

{#- DuckDB counts distinct values without their collation: `group by` is asked for them. -#}
{% macro default__get_fused_tests_sql(relation, tests, is_query) -%}
  {%- set uniques = tests | selectattr('name', 'equalto', 'unique') | list -%}
  {%- if is_query and uniques | length == 1 -%}
    {{ dbt.fused_by_value_sql(relation, tests, uniques[0].column_name) }}
  {%- else -%}
    {{ dbt.fused_scan_sql(relation, tests) }}
  {%- endif -%}
{%- endmacro %}

{#- Tables that are stored by columns are read for each unique column by itself: what it takes is read then, and no more. -#}
{% macro fused_scan_sql(relation, tests) -%}
  select
  {%- for test in tests %}
    {% if test.name == 'unique' -%}
    {{ adapter.dispatch('fused_unique_sql', 'dbt')(relation, test.column_name) }}
    {%- else -%}
    {{ dbt.fused_count_sql(test) }}
    {%- endif %} as fused_{{ loop.index }}{{ ',' if not loop.last }}
  {%- endfor %}
  from {{ relation }}
{%- endmacro %}

{#- How often a value comes again. -#}
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

{#- A query is computed once: what the other tests find is counted for each value of the unique column. -#}
{% macro fused_by_value_sql(relation, tests, column_name) -%}
  select
  {%- for test in tests %}
    {% if test.name == 'unique' -%}
    count(case when fused_times > 1 and fused_value is not null then 1 end)
    {%- else -%}
    coalesce(sum(fused_{{ loop.index }}), 0)
    {%- endif %} as fused_{{ loop.index }}{{ ',' if not loop.last }}
  {%- endfor %}
  from (
    select
      {{ column_name }} as fused_value,
      count(*) as fused_times
  {%- for test in tests -%}
    {%- if test.name != 'unique' -%}
      ,
      {{ dbt.fused_count_sql(test) }} as fused_{{ loop.index }}
    {%- endif -%}
  {%- endfor %}
    from {{ relation }}
    group by {{ column_name }}
  ) as fused_values
{%- endmacro %}

{% macro fused_count_sql(test) -%}
  {%- if test.name == 'not_null' -%}
    count(*) - count({{ test.column_name }})
  {%- else -%}
    count(case when {{ test.column_name }} not in ({{ test.accepted }}) then 1 end)
  {%- endif -%}
{%- endmacro %}
