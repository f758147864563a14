select reading_id, measured_at, received_at
from {{ ref('readings') }}
where received_at < measured_at
