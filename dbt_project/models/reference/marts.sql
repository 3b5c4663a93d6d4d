-- The tables of the subjects: what one row of each is, and what stands in it.
select
    mart_table,
    mart,
    grain,
    description,
    description_zh
from {{ source('raw', 'ref_marts') }}
