-- One row per reading: the message that arrived last counts.
with messages as (

    select
        reading_id,
        station_id,
        measured_at,
        received_at,
        nullif(value, {{ var('no_answer') }}) as value,
        row_number() over (partition by reading_id order by received_at desc) as recency
    from {{ ref('raw_readings') }}

)

select
    messages.reading_id,
    messages.station_id,
    messages.measured_at,
    messages.received_at,
    {{ celsius('messages.value', 'stations.unit') }} as temperature
from messages
inner join {{ ref('stg_stations') }} as stations on stations.station_id = messages.station_id
where messages.recency = 1
  and messages.value is not null
