-- Figures that ties are proposed for, one a statement and source: the first print of equal numbers under equal keys.
-- Amounts of money carry the USD that they are worth, so that currencies meet. A time is a label of its own.
with figures as (
    select
        figures.*,
        sources.position as source_position,
        case when figures.status in ('forecast', 'target') then 'ahead' else 'now' end as outlook,
        coalesce(figures.entity, '') as entity_key,
        coalesce(figures.segment, '') as segment_key,
        coalesce(figures.geography, '') as geography_key,
        coalesce(figures.period_label, '') as period_key,
        -- "as printed FP32" is a doubt about the reading, not another basis
        replace(figures.basis_key, 'as printed ', '') as scope_key,
        concat_ws(
            '|', figures.indicator, figures.statistic, figures.unit_kind, coalesce(figures.counted, ''),
            case when figures.status in ('forecast', 'target') then 'ahead' else 'now' end
        ) as quantity,
        case when {{ is_money('figures.unit_kind') }} then coalesce(figures.usd_per_unit, 1.0) else 1.0 end as rate,
        row_number() over (
            partition by
                figures.source_id, figures.subject, figures.statistic, figures.unit, figures.basis_key,
                figures.period_label, figures.status, figures.x
            order by figures.line, figures.figure_id
        ) as copy
    from {{ ref('int_figures__comparable') }} as figures
    inner join {{ ref('stg_sources') }} as sources on figures.source_id = sources.source_id
    where
        figures.figure_role = 'value'
        and figures.statistic <> 'rank'
        and figures.indicator not in ('general_count', 'company_fact', 'macro_rate', 'cost', 'product_price')
        -- the ends of a range differ by intention
        and figures.figure_id not like '%:low'
        and figures.figure_id not like '%:high'
)

select
    *,
    x * rate as v,
    x_low * rate as v_low,
    x_high * rate as v_high
from figures
where copy = 1
