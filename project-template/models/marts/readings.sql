{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='reading_id',
    )
}}

-- Grows with every run. What counts as new is decided by arrival, so a late reading is not missed, and a reading that
-- arrived again replaces the one before.
select
    reading_id,
    station_id,
    measured_at,
    received_at,
    day,
    temperature,
    is_late
from {{ ref('int_reading_days') }}

{% if is_incremental() %}
where received_at > (select max(received_at) from {{ this }})
{% endif %}
