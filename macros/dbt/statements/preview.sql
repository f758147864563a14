{#- The first rows of a query, for `show`. -#}
{%- macro get_show_sql(compiled_code, sql_header, limit) -%}
  {%- if sql_header is not none -%}
  {{ sql_header }}
  {%- endif %}
  {{ compiled_code if limit is none else get_limit_subquery_sql(compiled_code, limit) }}
{%- endmacro -%}

{%- macro get_limit_subquery_sql(sql, limit) -%}
  {{ return(adapter.dispatch('get_limit_sql', 'dbt')(sql, limit)) }}
{%- endmacro -%}

{#- On a line of its own: the query may end in a comment. -#}
{% macro default__get_limit_sql(sql, limit) -%}
  {{ sql }}
  {{ 'limit ' ~ limit if limit is not none }}
{%- endmacro %}

{#- Ends the node where the warehouse would refuse the query. -#}
{% macro validate_sql(sql) -%}
  {{ return(adapter.dispatch('validate_sql', 'dbt')(sql)) }}
{%- endmacro %}

{% macro default__validate_sql(sql) -%}
  {%- call statement('validate_sql') -%}
    explain {{ sql }}
  {%- endcall -%}
  {{ return(load_result('validate_sql')) }}
{%- endmacro %}
