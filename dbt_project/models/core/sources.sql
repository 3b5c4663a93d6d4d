-- Every source of figures, in the order of the registry.
select
    source_id,
    title,
    publisher,
    published_on,
    published_label,
    language,
    kind,
    source_file,
    sha256,
    licence,
    notes
from {{ ref('stg_sources') }}
order by position
