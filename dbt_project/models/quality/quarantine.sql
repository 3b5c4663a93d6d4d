-- Raw rows that could not be read, with the remedy.
select
    source_id,
    file,
    cast(line as integer) as line,
    {{ adapter.quote('key') }} as row_key,
    message,
    remedy,
    row_text
from {{ source('raw', 'quarantine') }}
