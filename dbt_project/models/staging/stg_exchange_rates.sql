-- CNY and USD for one unit of a currency in a year.
with rates as (
    select
        currency,
        cast({{ adapter.quote('year') }} as integer) as rate_year,
        cast(cny_per_unit as double) as cny_per_unit,
        citation
    from {{ source('raw', 'ref_exchange_rates') }}
)

select
    rates.currency,
    rates.rate_year,
    rates.cny_per_unit,
    rates.cny_per_unit / usd.cny_per_unit as usd_per_unit,
    usd.cny_per_unit as cny_per_usd,
    rates.citation
from rates
inner join rates as usd
    on rates.rate_year = usd.rate_year and usd.currency = 'USD'
