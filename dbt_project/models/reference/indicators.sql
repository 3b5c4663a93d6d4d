select
    indicator,
    dimension,
    mart,
    mart_table,
    label_en,
    label_zh,
    aliases,
    definition
from {{ source('raw', 'ref_indicators') }}
