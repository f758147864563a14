{% macro convert_datetime(date_str, date_fmt) -%}
  {%- set message = "'" ~ date_str ~ "' is no date of the format '" ~ date_fmt ~ "'" -%}
  {{ return(try_or_compiler_error(message, modules.datetime.datetime.strptime, date_str.strip(), date_fmt)) }}
{%- endmacro %}

{#- Every day from the first to the last, both included, as text. -#}
{% macro dates_in_range(start_date_str, end_date_str=none, in_fmt="%Y%m%d", out_fmt="%Y%m%d") -%}
  {%- set first = convert_datetime(start_date_str, in_fmt) -%}
  {%- set last = first if end_date_str is none else convert_datetime(end_date_str, in_fmt) -%}
  {%- set days = (last - first).days -%}
  {%- if days < 0 -%}
    {%- do exceptions.raise_compiler_error('the first day, ' ~ first.date() ~ ', comes after the last, ' ~ last.date()) -%}
  {%- endif -%}
  {%- set out = [] -%}
  {%- for day in range(days + 1) -%}
    {%- do out.append((first + modules.datetime.timedelta(days=day)).strftime(out_fmt)) -%}
  {%- endfor -%}
  {{ return(out) }}
{%- endmacro %}

{#- Days of `20240101` or of `20240101,20240131`. -#}
{% macro partition_range(raw_partition_date, date_fmt='%Y%m%d') -%}
  {%- set bounds = (raw_partition_date | string).split(',') -%}
  {%- if bounds | length > 2 -%}
    {%- do exceptions.raise_compiler_error(
      "a range of partitions is one date, or two with a comma between, not '" ~ raw_partition_date ~ "'"
    ) -%}
  {%- endif -%}
  {{ return(dates_in_range(bounds[0], bounds[1] if bounds | length == 2 else none, in_fmt=date_fmt)) }}
{%- endmacro %}

{#- The local wall clock as 20 digits, for names. -#}
{% macro py_current_timestring() -%}
  {{ return(modules.datetime.datetime.now().strftime('%Y%m%d%H%M%S%f')) }}
{%- endmacro %}
