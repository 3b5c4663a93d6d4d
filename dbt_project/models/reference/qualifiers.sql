select
    qualifier,
    label_en,
    label_zh,
    cast(low_factor as double) as low_factor,
    cast(high_factor as double) as high_factor,
    words
from {{ source('raw', 'ref_qualifiers') }}
