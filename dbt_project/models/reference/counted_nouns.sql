-- What counts count, and the words for it.
select
    counted,
    words
from {{ source('raw', 'ref_counted_nouns') }}
