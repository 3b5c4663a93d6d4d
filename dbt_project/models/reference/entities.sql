select
    entity,
    kind,
    label_zh,
    country,
    parent,
    maker,
    fiscal_year_end,
    aliases
from {{ source('raw', 'ref_entities') }}
