-- One row a source, with the year that its forecasts are converted in.
select
    source_id,
    position,
    title,
    publisher,
    published_on,
    published_label,
    language,
    kind,
    source_file,
    sha256,
    licence,
    notes,
    vintage_on,
    extract(year from vintage_on) as published_year
from {{ source('raw', 'sources') }}
