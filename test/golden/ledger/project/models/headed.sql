{% call set_sql_header(config) %}
set variable factor = 3;
{% endcall %}
{{ config(materialized='table') }}
select id, id * getvariable('factor') as threefold from {{ ref('entries') }}
