-- What the sources together say about one question in one period: who says it, the range, and the preferred figure if
-- there is one. Only current editions count, and only values: nothing is averaged over fewer than three sources.
with corrected as (
    select
        figures.*,
        coalesce(corrections.holds, false) as is_corrected,
        case when corrections.holds then corrections.corrected_value / nullif(figures.value, 0) else 1.0 end as correction
    from {{ ref('int_figures__comparable') }} as figures
    inner join {{ ref('sources') }} as sources on figures.source_id = sources.source_id and sources.is_current_edition
    left join {{ ref('int_corrections') }} as corrections on figures.figure_id = corrections.figure_id
),

scaled as (
    select
        *,
        {{ is_money('unit_kind') }} and statistic = 'level' as is_amount,
        case when {{ is_money('unit_kind') }} and statistic = 'level' then correction * usd_per_unit else correction end as factor
    from corrected
    where period_label is not null and (preference <> 'deprecated' or is_corrected) and statistic <> 'rank'
        and figure_role = 'value'
),

figures as (
    select
        *,
        case when is_amount then replace(unit, currency, 'USD') else unit end as common_unit,
        case when is_amount then x else value end * factor as common_value,
        x_low * factor as common_low,
        x_high * factor as common_high
    from scaled
)

select
    concat_ws('|', subject, basis_key, statistic, common_unit) as series,
    min(indicator) as indicator,
    min(entity) as entity,
    min(segment) as segment,
    min(geography) as geography,
    min(nullif(basis_key, '')) as basis,
    statistic,
    period_label,
    min(period_start) as period_start,
    min(period_end) as period_end,
    common_unit as unit,
    {{ distinct_list_of('source_id') }} as {{ adapter.quote('sources') }},
    cast(count(distinct source_id) as integer) as n_sources,
    cast(count(*) as integer) as n_figures,
    min(common_value) as low,
    case when count(distinct source_id) >= 3 then median(common_value) end as median,
    max(common_value) as high,
    -- undecided while printed intervals exclude each other and nobody has preferred one
    case
        when max(case when preference = 'preferred' then 1 else 0 end) = 1
            or max(common_low) <= min(common_high) + 1e-9 * abs(min(common_high))
            then {{ first_by('figure_id', ["case preference when 'preferred' then 0 else 1 end", 'common_high - common_low', 'line', 'figure_id']) }}
    end as preferred_figure_id
from figures
group by subject, basis_key, period_label, statistic, common_unit
