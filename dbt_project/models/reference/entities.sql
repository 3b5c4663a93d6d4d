select
    entity,
    kind,
    label_zh,
    aliases
from {{ source('raw', 'ref_entities') }}
