-- Nothing is lost: rows in = rows loaded + rows quarantined.
select
    source_id,
    cast(rows_in as integer) as rows_in,
    cast(rows_loaded as integer) as rows_loaded,
    cast(rows_quarantined as integer) as rows_quarantined,
    cast(figures as integer) as figures,
    cast(relations as integer) as relations,
    loaded_at
from {{ source('raw', 'load_counts') }}
