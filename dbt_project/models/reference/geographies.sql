select
    geography,
    label_en,
    label_zh,
    kind,
    aliases
from {{ source('raw', 'ref_geographies') }}
