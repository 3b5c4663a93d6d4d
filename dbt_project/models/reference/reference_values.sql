select
    reference_id,
    indicator,
    nullif(entity, '') as entity,
    nullif(segment, '') as segment,
    nullif(geography, '') as geography,
    nullif(basis, '') as basis,
    period as period_label,
    cast(value as double) as value,
    unit,
    cast(tolerance as double) as tolerance,
    citation,
    nullif(note, '') as note
from {{ source('raw', 'ref_reference_values') }}
