{#- How often 2 has to be doubled to reach the bound: the digits that numbers up to it have in base 2. -#}
{% macro get_powers_of_two(upper_bound) -%}
  {{ return(adapter.dispatch('get_powers_of_two', 'dbt')(upper_bound)) }}
{%- endmacro %}

{% macro default__get_powers_of_two(upper_bound) -%}
  {%- if upper_bound <= 0 -%}
    {%- do exceptions.raise_compiler_error('the upper bound of a series must be above zero, not ' ~ upper_bound) -%}
  {%- endif -%}
  {%- for exponent in range(1, 100) -%}
    {%- if upper_bound <= 2 ** exponent -%}{{ return(exponent) }}{%- endif -%}
  {%- endfor -%}
{%- endmacro %}

{#- A query of the whole numbers from 1 to the bound, as `generated_number`. -#}
{% macro generate_series(upper_bound) -%}
  {{ return(adapter.dispatch('generate_series', 'dbt')(upper_bound)) }}
{%- endmacro %}

{#- Every number in base 2: one table of the two digits, joined with itself once per place. -#}
{% macro default__generate_series(upper_bound) -%}
  {%- set places = dbt.get_powers_of_two(upper_bound) -%}
  with digits as (
    select 0 as digit
    union all
    select 1
  ),
  numbers as (
    select
      {%- for place in range(places) %}
      place{{ place }}.digit * power(2, {{ place }}) +
      {%- endfor %}
      1 as generated_number
    from digits as place0
    {%- for place in range(1, places) %}
    cross join digits as place{{ place }}
    {%- endfor %}
  )
  select *
  from numbers
  where generated_number <= {{ upper_bound }}
  order by generated_number
{%- endmacro %}

{#- How many periods lie between two dates, asked of the warehouse; 1 where nothing is known. -#}
{% macro get_intervals_between(start_date, end_date, datepart) -%}
  {{ return(adapter.dispatch('get_intervals_between', 'dbt')(start_date, end_date, datepart)) }}
{%- endmacro %}

{% macro default__get_intervals_between(start_date, end_date, datepart) -%}
  {%- call statement('get_intervals_between', fetch_result=true) -%}
    select {{ dbt.datediff(start_date, end_date, datepart) }}
  {%- endcall -%}
  {%- set found = load_result('get_intervals_between') -%}
  {{ return(found['data'][0][0] if found and found['data'] else 1) }}
{%- endmacro %}

{#- A query of one row per period from a start to an end that is left out, as `date_day`, `date_month`, ... -#}
{% macro date_spine(datepart, start_date, end_date) -%}
  {{ return(adapter.dispatch('date_spine', 'dbt')(datepart, start_date, end_date)) }}
{%- endmacro %}

{% macro default__date_spine(datepart, start_date, end_date) -%}
  {%- set periods = dbt.get_intervals_between(start_date, end_date, datepart) -%}
  with numbers as (
    {{ dbt.generate_series(periods) }}
  ),
  periods as (
    select ({{ dbt.dateadd(datepart, 'row_number() over (order by 1) - 1', start_date) | trim }}) as date_{{ datepart }}
    from numbers
  )
  select *
  from periods
  where date_{{ datepart }} <= {{ end_date }}
{%- endmacro %}
