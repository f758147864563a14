{#- Without parentheses around it, as in dbt: what stands before it binds first. -#}
{% macro postgres__dateadd(datepart, interval, from_date_or_timestamp) -%}
  {#- Intervals know no quarters. -#}
  {%- set step = '3 month' if datepart | lower in ['quarter', 'quarters'] else '1 ' ~ datepart -%}
  {{ from_date_or_timestamp }} + ((interval '{{ step }}') * ({{ interval }}))
{%- endmacro %}

{#-
  Borders between the two, by the clock of the session's time zone. Days and weeks are whole numbers, other parts double
  precision, as dbt gives them. Weeks begin on Sunday.
-#}
{% macro postgres__datediff(first_date, second_date, datepart) -%}
  {%- set first, second = '(' ~ first_date ~ ')::timestamp', '(' ~ second_date ~ ')::timestamp' -%}
  {%- set days = '((' ~ second_date ~ ')::date - (' ~ first_date ~ ')::date)' -%}
  {%- set seconds_in = {'hour': 3600, 'minute': 60, 'second': 1} -%}
  {%- set parts_of_second = {'millisecond': 1000, 'microsecond': 1000000} -%}
  {%- if datepart == 'day' -%}
    {{ days }}
  {%- elif datepart == 'week' -%}
    (
      {{ days }} / 7 + case
        when {{ first }} <= {{ second }} then (date_part('dow', {{ first }}) > date_part('dow', {{ second }}))::int
        else -(date_part('dow', {{ first }}) <= date_part('dow', {{ second }}))::int
      end
    )
  {%- elif datepart in ['year', 'quarter', 'month'] -%}
    {%- set in_year = {'year': 1, 'quarter': 4, 'month': 12}[datepart] -%}
    (
      {{ in_year }} * (date_part('year', {{ second }}) - date_part('year', {{ first }}))
      {%- if in_year > 1 %}
      + date_part('{{ datepart }}', {{ second }}) - date_part('{{ datepart }}', {{ first }})
      {%- endif %}
    )
  {%- elif datepart in seconds_in -%}
    (date_part('epoch', date_trunc('{{ datepart }}', {{ second }}) - date_trunc('{{ datepart }}', {{ first }})) / {{ seconds_in[datepart] }})
  {%- elif datepart in parts_of_second -%}
    {#- Whole minutes apart from what is within them: a double cannot hold the microseconds of many years in seconds. -#}
    (
      date_part('epoch', date_trunc('minute', {{ second }}) - date_trunc('minute', {{ first }})) * {{ parts_of_second[datepart] }}
      + floor(date_part('{{ datepart }}', {{ second }})) - floor(date_part('{{ datepart }}', {{ first }}))
    )
  {%- else -%}
    {%- do exceptions.raise_compiler_error(
      "datediff knows no part '" ~ datepart ~ "' here; there are: year, quarter, month, week, day, hour, minute, second,"
      ~ ' millisecond, microsecond'
    ) -%}
  {%- endif -%}
{%- endmacro %}

{% macro postgres__last_day(date, datepart) -%}
  {{ dbt.default_last_day(date, datepart) }}
{%- endmacro %}

{% macro postgres__current_timestamp() -%}
  now()
{%- endmacro %}

{% macro postgres__current_timestamp_backcompat() -%}
  current_timestamp::{{ type_timestamp() }}
{%- endmacro %}

{% macro postgres__current_timestamp_in_utc_backcompat() -%}
  (current_timestamp at time zone 'utc')::{{ type_timestamp() }}
{%- endmacro %}

{% macro postgres__snapshot_get_time() -%}
  {{ current_timestamp() }}::timestamp without time zone
{%- endmacro %}

{% macro postgres__snapshot_string_as_time(timestamp) -%}
  {{ return("'" ~ timestamp ~ "'::timestamp without time zone") }}
{%- endmacro %}

{% macro postgres__split_part(string_text, delimiter_text, part_number) -%}
  {%- if part_number >= 0 -%}
    {{ dbt.default__split_part(string_text, delimiter_text, part_number) }}
  {%- else -%}
    {{ dbt._split_part_negative(string_text, delimiter_text, part_number) }}
  {%- endif -%}
{%- endmacro %}

{#- Any of them will do, and older servers have nothing but the least or the greatest. -#}
{% macro postgres__any_value(expression) -%}
  min({{ expression }})
{%- endmacro %}

{% macro postgres__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
  {%- if limit_num -%}
    array_to_string((array_agg({{ measure }} {{ order_by_clause or '' }}))[1:{{ limit_num }}], {{ delimiter_text }})
  {%- else -%}
    string_agg({{ measure }}, {{ delimiter_text }} {{ order_by_clause or '' }})
  {%- endif -%}
{%- endmacro %}

{#- As in the general form, with PostgreSQL's own comparison where two nulls are to be the same. -#}
{% macro postgres__equals(expr1, expr2) -%}
  {%- if adapter.behavior.enable_truthy_nulls_equals_macro -%}
    ({{ expr1 }} is not distinct from {{ expr2 }})
  {%- else -%}
    {{ default__equals(expr1, expr2) }}
  {%- endif -%}
{%- endmacro %}
