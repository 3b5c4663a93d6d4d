-- Money in its own currency gets its USD and CNY value beside it; the rate used stays in the row.
with figures as (
    select
        *,
        -- CNY/kWh and USD/Mtoken convert like CNY and USD
        split_part(unit, '/', 1) as currency,
        -- a later year than the report's own cannot have had a rate when it was printed
        least(
            coalesce(extract(year from period_end), published_year),
            coalesce(published_year, extract(year from period_end))
        ) as wanted_year
    from {{ ref('int_figures__normalised') }}
),

bounds as (
    select max(rate_year) as last_year
    from {{ ref('stg_exchange_rates') }}
    where currency = 'USD'
),

rates as (
    select * from {{ ref('stg_exchange_rates') }}
),

preferences as (
    -- a figure that one decision prefers and another deprecates is deprecated
    select
        figure_id,
        min(preference) as preference
    from {{ source('raw', 'decision_figures') }}
    group by figure_id
),

own_rates as (
    select
        source_id,
        currency,
        cny_per_unit
    from {{ source('raw', 'source_rates') }}
),

joined as (
    select
        figures.*,
        case
            when figures.statistic = 'rank' then null
            when extract(year from figures.period_end) > figures.published_year
                then coalesce(own_rates.cny_per_unit, rates.cny_per_unit)
            else rates.cny_per_unit
        end as cny_per_unit,
        case
            when extract(year from figures.period_end) > figures.published_year
                then coalesce(own_usd.cny_per_unit, rates.cny_per_usd)
            else rates.cny_per_usd
        end as cny_per_usd,
        coalesce(preferences.preference, 'normal') as preference
    from figures
    cross join bounds
    left join rates
        on
            figures.currency = rates.currency
            and rates.rate_year = least(
                bounds.last_year, greatest({{ var('first_rate_year') }}, figures.wanted_year)
            )
    left join own_rates
        on figures.source_id = own_rates.source_id and figures.currency = own_rates.currency
    left join own_rates as own_usd
        on figures.source_id = own_usd.source_id and own_usd.currency = 'USD'
    left join preferences
        on figures.figure_id = preferences.figure_id
)

select
    figure_id,
    source_id,
    line,
    exhibit,
    table_id,
    row_key,
    column_key,
    printed,
    printed_scale,
    qualifier,
    value,
    value_low,
    value_high,
    unit,
    counted,
    indicator,
    entity,
    segment,
    geography,
    basis,
    period_start,
    period_end,
    period_label,
    status,
    statistic,
    case when currency = 'USD' then value else {{ round_off('value * cny_per_unit / cny_per_usd') }} end as value_usd,
    case when currency = 'CNY' then value else {{ round_off('value * cny_per_unit') }} end as value_cny,
    case when cny_per_unit is not null then cny_per_usd end as fx_rate,
    cny_per_unit,
    currency,
    dimension,
    mart,
    mart_table,
    note,
    review,
    figure_role,
    whole,
    known_from,
    known_until,
    preference,
    published_on
from joined
