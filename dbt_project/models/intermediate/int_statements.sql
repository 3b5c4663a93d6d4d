-- What the tables of the subjects are made of: one row a statement, at its first print. A printed range is one row: its
-- value is null, so that nobody averages two ends, and value_low and value_high are the printed ends.
-- Thresholds that only define a group, and windows of time without a measured thing, state no value.
with figures as (
    select
        figures.*,
        converted.mart_table
    from {{ ref('figures') }} as figures
    inner join {{ ref('int_figures__converted') }} as converted on figures.figure_id = converted.figure_id
    where
        figures.{{ adapter.quote('role') }} = 'value'
        -- of a dataset, what stands now
        and figures.known_until is null
)

select
    first_end.mart,
    -- growth of all market indicators stands in one table
    case
        when first_end.mart = 'market' and first_end.statistic in ('yoy', 'cagr', 'change') then 'growth_rate'
        else first_end.mart_table
    end as mart_table,
    first_end.figure_id,
    first_end.source_id,
    first_end.indicator,
    first_end.entity,
    first_end.entity_country,
    first_end.segment,
    first_end.{{ adapter.quote('whole') }},
    first_end.geography,
    first_end.basis,
    first_end.period_label,
    first_end.period_start,
    first_end.period_end,
    first_end.status,
    first_end.statistic,
    case when last_end.figure_id is null then first_end.value end as value,
    case when last_end.figure_id is null then first_end.value_low else first_end.value end as value_low,
    case when last_end.figure_id is null then first_end.value_high else last_end.value end as value_high,
    first_end.unit,
    first_end.direction,
    case when last_end.figure_id is null then first_end.display_value end as display_value,
    first_end.display_unit,
    first_end.counted,
    case when last_end.figure_id is null then first_end.value_usd end as value_usd,
    case when last_end.figure_id is null then first_end.value_cny end as value_cny,
    first_end.fx_rate,
    first_end.qualifier,
    first_end.printed,
    first_end.printed_scale,
    first_end.exhibit,
    first_end.line,
    case
        when 'deprecated' in (first_end.preference, last_end.preference) then 'deprecated'
        when 'preferred' in (first_end.preference, last_end.preference) then 'preferred'
        else first_end.preference
    end as preference,
    coalesce(first_end.corrected_value, last_end.corrected_value) as corrected_value,
    coalesce(first_end.warning, last_end.warning) as warning,
    first_end.note,
    first_end.review,
    first_end.published_on
from figures as first_end
left join figures as last_end
    on first_end.range_id = last_end.range_id and last_end.range_end = 'high'
where
    (first_end.is_first_print or last_end.is_first_print)
    and coalesce(first_end.range_end, 'low') = 'low'
