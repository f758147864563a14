select * from {{ ref('loans') }} where days > 2 * {{ var('loan_days') }}
