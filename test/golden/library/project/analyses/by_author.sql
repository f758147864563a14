select name, count(*) from {{ ref('authors') }} group by 1
