{% set measures = ['min', 'avg', 'max'] %}

select
    readings.station_id,
    stations.station_name,
    readings.day,
    count(*) as number_of_readings,
    {% for measure in measures %}
    round({{ measure }}(readings.temperature), 1) as {{ measure }}_temperature,
    {% endfor %}
    sum(case when readings.is_late then 1 else 0 end) as late_readings
from {{ ref('readings') }} as readings
inner join {{ ref('stg_stations') }} as stations on stations.station_id = readings.station_id
group by readings.station_id, stations.station_name, readings.day
