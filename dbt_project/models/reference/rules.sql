-- What comparisons test.
select
    rule,
    label_en,
    label_zh,
    meaning
from {{ source('raw', 'ref_rules') }}
