select
    station_id,
    name as station_name,
    upper(unit) as unit,
    latitude,
    longitude,
    opened_on
from {{ ref('raw_stations') }}
