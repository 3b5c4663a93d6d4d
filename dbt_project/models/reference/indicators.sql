select
    indicator,
    dimension,
    mart,
    mart_table,
    label_en,
    label_zh,
    aliases,
    part_of,
    flow,
    definition
from {{ source('raw', 'ref_indicators') }}
