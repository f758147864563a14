{% test not_null(model, column_name) -%}
  {%- set macro = adapter.dispatch('test_not_null', 'dbt') -%}
  {{ macro(model, column_name) }}
{%- endtest %}

{% macro default__test_not_null(model, column_name) -%}
  select {{ '*' if should_store_failures() else column_name }}
  from {{ model }}
  where {{ column_name }} is null
{%- endmacro %}

{% test unique(model, column_name) -%}
  {%- set macro = adapter.dispatch('test_unique', 'dbt') -%}
  {{ macro(model, column_name) }}
{%- endtest %}

{% macro default__test_unique(model, column_name) -%}
  select
    {{ column_name }} as unique_field,
    count(*) as n_records
  from {{ model }}
  where {{ column_name }} is not null
  group by {{ column_name }}
  having count(*) > 1
{%- endmacro %}

{% test accepted_values(model, column_name, values, quote=true) -%}
  {%- set macro = adapter.dispatch('test_accepted_values', 'dbt') -%}
  {{ macro(model, column_name, values, quote) }}
{%- endtest %}

{#- A null is no value: it is never counted as a wrong one. -#}
{% macro default__test_accepted_values(model, column_name, values, quote=true) -%}
  select
    {{ column_name }} as value_field,
    count(*) as n_records
  from {{ model }}
  where {{ column_name }} not in (
    {%- for value in values %}
    {{ "'" ~ value ~ "'" if quote else value }}{{ ',' if not loop.last }}
    {%- endfor %}
  )
  group by {{ column_name }}
{%- endmacro %}

{% test relationships(model, column_name, to, field) -%}
  {%- set macro = adapter.dispatch('test_relationships', 'dbt') -%}
  {{ macro(model, column_name, to, field) }}
{%- endtest %}

{#- Both sides may be expressions over columns, so each stands beside its own relation alone. -#}
{% macro default__test_relationships(model, column_name, to, field) -%}
  with child as (
    select {{ column_name }} as from_field
    from {{ model }}
    where {{ column_name }} is not null
  ),
  parent as (
    select {{ field }} as to_field
    from {{ to }}
  )
  select from_field
  from child
  left join parent on child.from_field = parent.to_field
  where parent.to_field is null
{%- endmacro %}
