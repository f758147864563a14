{{ config(enabled=false) }}
select * from {{ ref('fines') }}
