select
    symbol,
    unit,
    cast(factor as double) as factor,
    dimension,
    counted,
    note
from {{ source('raw', 'ref_units') }}
