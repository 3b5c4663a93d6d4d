select
    indicator,
    dimension,
    mart,
    mart_table,
    label_en,
    label_zh,
    aliases,
    part_of,
    definition
from {{ source('raw', 'ref_indicators') }}
