{% set names = dbt_names() %}
select
  name,
  {% for column in names -%}
  count(*) filter (title like '{{ column }}%') as "{{ column }}"{{ "," if not loop.last }}
  {% endfor -%}
from {{ ref('loan_days') }}
group by name
