-- a blank cell of the registry is no value: a model without a country of its own takes that of its maker (core.figures)
select
    entity,
    kind,
    label_zh,
    nullif(country, '') as country,
    nullif(parent, '') as parent,
    nullif(maker, '') as maker,
    nullif(fiscal_year_end, '') as fiscal_year_end,
    aliases
from {{ source('raw', 'ref_entities') }}
