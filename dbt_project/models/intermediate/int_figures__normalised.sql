-- Printed unit to canonical unit: one join with the unit reference, one multiplication.
with figures as (
    select * from {{ ref('stg_figures') }}
),

units as (
    select
        symbol,
        unit,
        cast(factor as double) as factor
    from {{ source('raw', 'ref_units') }}
),

indicators as (
    select
        indicator,
        dimension,
        mart,
        mart_table
    from {{ source('raw', 'ref_indicators') }}
)

select
    figures.figure_id,
    figures.source_id,
    figures.line,
    figures.exhibit,
    figures.table_id,
    figures.row_key,
    figures.column_key,
    figures.printed,
    figures.reading,
    figures.printed_scale,
    figures.qualifier,
    {{ round_off('figures.number * units.factor') }} as value,
    {{ round_off('figures.number_low * units.factor') }} as value_low,
    {{ round_off('figures.number_high * units.factor') }} as value_high,
    units.unit,
    figures.counted,
    figures.indicator,
    figures.entity,
    figures.segment,
    figures.geography,
    figures.basis,
    figures.period_label,
    figures.period_start,
    figures.period_end,
    figures.status,
    figures.statistic,
    figures.note,
    figures.review,
    figures.figure_role,
    figures.whole,
    figures.known_from,
    figures.known_until,
    indicators.dimension,
    indicators.mart,
    indicators.mart_table,
    sources.published_on,
    sources.published_year
from figures
inner join units on figures.unit_symbol = units.symbol
inner join indicators on figures.indicator = indicators.indicator
inner join {{ ref('stg_sources') }} as sources on figures.source_id = sources.source_id
