select id, price, "Fixed Width" from {{ ref('typed') }}
