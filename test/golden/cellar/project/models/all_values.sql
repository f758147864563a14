select *, typeof(number) as number_type from {{ ref('values') }}
