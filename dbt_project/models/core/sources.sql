-- Every source of figures, in the order of the registry.
select
    source_id,
    title,
    publisher,
    source_id as publication_id,
    published_label as edition,
    true as is_current_edition,
    published_on,
    -- the first day that the label allows: of the year, of the month, or the day itself
    coalesce(
        published_on,
        try_cast(concat(published_label, '-01-01') as date),
        try_cast(concat(published_label, '-01') as date)
    ) as published_from,
    coalesce(published_on, vintage_on) as published_to,
    published_label,
    language,
    kind,
    nullif(source_file, '') as source_file,
    nullif(sha256, '') as sha256,
    licence as rights,
    licence,
    notes
from {{ ref('stg_sources') }}
order by position
