{#- depends on the seed so that it is loaded first -#}
-- depends_on: {{ ref('loans') }}
select
  id as loan_id,
  book_id,
  cast(taken as date) as taken,
  cast(given_back as date) as given_back
from {{ source('desk', 'loans') }}
