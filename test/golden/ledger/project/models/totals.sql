{% set days = run_query("select distinct month(day) as m from " ~ ref('entries') ~ " order by 1").columns[0].values() if execute else [] %}
select
{%- for m in days %}
  sum(amount) filter (month(day) = {{ m }}) as m{{ '%02d' | format(m) }}{{ ',' if not loop.last }}
{%- endfor %}
from {{ ref('entries') }}
