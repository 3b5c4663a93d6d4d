-- Codes of the columns that hold one of a few words, with their labels.
select
    term,
    field,
    code,
    label_en,
    label_zh
from {{ source('raw', 'ref_terms') }}
