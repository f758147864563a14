{{ config(materialized='table', indexes=[{'columns': ['id'], 'unique': true}]) }}
select id from {{ ref('entries') }}
