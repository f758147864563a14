{{ config(alias='all_loans', tags=['big'], meta={'from': 'sql'}) }}
{%- set states = {'late': 1, 'good': 0} %}
with recent as (
  select *, date_diff('day', taken, given_back) as days from {{ ref('stg_loans') }}
)
select
  recent.*,
  books.title,
  authors.name,
  case
  {%- for state, value in states.items() %}
    when {{ value }} = (days > {{ var('loan_days') }})::int then '{{ state }}'
  {%- endfor %}
  end as state,
  '{{ var("house") }}' as house,
  '{{ var("unknown", "default") }}' as other
from recent
join {{ ref('stg_books') }} as books using (book_id)
join {{ ref('authors_ephemeral') }} as authors using (author_id)
