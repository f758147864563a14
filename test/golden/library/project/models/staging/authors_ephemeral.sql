{{ config(materialized='ephemeral') }}
select id as author_id, {{ tidy('name') }} as name from {{ ref('authors') }}
