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
    coalesce(extract(year from published_on), try_cast(substr(published_label, 1, 4) as integer)) as published_year
from {{ source('raw', 'sources') }}
