{{ config(materialized='table', schema='money') }}
select loan_id, days * {{ cents(10) }} as fine, '{{ var('late') }}' as kind from {{ ref('loan_days') }} where state = 'late'
