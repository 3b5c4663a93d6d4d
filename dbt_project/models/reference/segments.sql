select
    segment,
    label_en,
    label_zh,
    kind,
    parent,
    aliases
from {{ source('raw', 'ref_segments') }}
