{{ config(materialized='incremental', unique_key='id', on_schema_change='append_new_columns') }}
select range as id, range * 2 as amount, date '2026-01-01' + interval (range) day as day
from range({{ var('start') }}, 50)
{% if is_incremental() %} where range > (select max(id) from {{ this }}) {% endif %}
