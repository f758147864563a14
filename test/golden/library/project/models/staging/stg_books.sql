select id as book_id, title, author_id, coalesce(price, 0) as price
from {{ ref('books') }}
