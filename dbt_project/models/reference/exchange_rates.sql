select
    currency,
    cast(rate_year as integer) as rate_year,
    cny_per_unit,
    usd_per_unit,
    cny_per_usd,
    citation
from {{ ref('stg_exchange_rates') }}
