{{ config(materialized='incremental', unique_key=['id', 'day']) }}
select id, day, amount from {{ ref('entries') }}
