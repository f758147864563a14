-- Each reading with the day it belongs to, and how late it arrived.
select
    reading_id,
    station_id,
    measured_at,
    received_at,
    temperature,
    cast(measured_at as date) as day,
    received_at > measured_at + interval '1 day' as is_late
from {{ ref('stg_readings') }}
