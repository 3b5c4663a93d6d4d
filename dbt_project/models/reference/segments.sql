select
    segment,
    label_en,
    label_zh,
    aliases
from {{ source('raw', 'ref_segments') }}
