select * from {{ ref('loan_days') }} where days > 2 * {{ var('loan_days') }}
