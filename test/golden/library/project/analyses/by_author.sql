select name, count(*) from {{ ref('author_counts') }} group by 1
