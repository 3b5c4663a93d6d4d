-- cross_source: one series in two reports. A figure meets the latest earlier report that prints the same series, period
-- and basis; failing that, one figure of the report before it that prints the series in that year on another basis or
-- date. Each figure meets one other, so that the cost is linear in the number of reports and of figures in a series.
-- Windows carry keys only, and a series as a number: a window keeps all its columns in memory. The figures are joined to
-- the pairs, where the series is compared in full.
with figures as (
    select * from {{ ref('int_figures__comparable') }}
),

keys as (
    select
        figures.figure_id,
        sources.position,
        {{ hash_of("concat_ws('|', figures.subject, figures.statistic, figures.unit_kind)") }} as series,
        figures.first_year,
        figures.last_year,
        figures.basis_key,
        figures.period_label,
        figures.line
    from figures
    inner join {{ ref('stg_sources') }} as sources on figures.source_id = sources.source_id
    where
        figures.period_end is not null
        and figures.statistic <> 'rank'
        and figures.indicator not in ('general_count', 'duration', 'company_fact', 'macro_rate', 'cost', 'product_price')
        and figures.figure_id not like '%:high'
),

-- one figure a source, series, year, basis: a report against itself is the business of the rule repeat
represented as (
    select *
    from (
        select
            *,
            row_number() over (
                partition by position, series, first_year, last_year, basis_key, period_label
                order by line, figure_id
            ) as place
        from keys
    ) as ranked
    where place = 1
),

ordered as (
    select
        *,
        lag(figure_id) over (
            partition by series, first_year, last_year, basis_key, period_label
            order by position
        ) as same_key_figure_id
    from represented
),

-- where reports print a series in a year on several bases or dates: only there a figure can miss its own key
mixed_series as (
    select
        series,
        first_year,
        last_year
    from represented
    group by series, first_year, last_year
    having
        min(position) < max(position)
        and (min(basis_key) < max(basis_key) or min(period_label) < max(period_label))
),

placed as (
    select
        ordered.*,
        dense_rank() over (
            partition by ordered.series, ordered.first_year, ordered.last_year
            order by ordered.position
        ) as source_place,
        -- who stands for a report's series in a year: on any date, on one date, on one basis
        row_number() over (
            partition by ordered.position, ordered.series, ordered.first_year, ordered.last_year
            order by ordered.line, ordered.figure_id
        ) as series_choice,
        row_number() over (
            partition by ordered.position, ordered.series, ordered.first_year, ordered.last_year, ordered.period_label
            order by ordered.line, ordered.figure_id
        ) as period_choice,
        row_number() over (
            partition by ordered.position, ordered.series, ordered.first_year, ordered.last_year, ordered.basis_key
            order by ordered.line, ordered.figure_id
        ) as basis_choice
    from ordered
    inner join mixed_series
        on
            ordered.series = mixed_series.series
            and ordered.first_year = mixed_series.first_year
            and ordered.last_year = mixed_series.last_year
),

met_elsewhere as (
    select
        later_figure.figure_id,
        coalesce(on_same_basis.figure_id, on_same_date.figure_id, any_figure.figure_id) as other_figure_id
    from placed as later_figure
    left join placed as on_same_basis
        on
            later_figure.series = on_same_basis.series
            and later_figure.first_year = on_same_basis.first_year
            and later_figure.last_year = on_same_basis.last_year
            and later_figure.source_place = on_same_basis.source_place + 1
            and later_figure.basis_key = on_same_basis.basis_key
            and on_same_basis.basis_choice = 1
    left join placed as on_same_date
        on
            later_figure.series = on_same_date.series
            and later_figure.first_year = on_same_date.first_year
            and later_figure.last_year = on_same_date.last_year
            and later_figure.source_place = on_same_date.source_place + 1
            and later_figure.period_label = on_same_date.period_label
            and on_same_date.period_choice = 1
    inner join placed as any_figure
        on
            later_figure.series = any_figure.series
            and later_figure.first_year = any_figure.first_year
            and later_figure.last_year = any_figure.last_year
            and later_figure.source_place = any_figure.source_place + 1
            and any_figure.series_choice = 1
    where later_figure.same_key_figure_id is null
),

meetings as (
    select
        figure_id,
        same_key_figure_id as other_figure_id
    from ordered
    where same_key_figure_id is not null
    union all
    select
        figure_id,
        other_figure_id
    from met_elsewhere
),

-- pairs that a relation file already ties; only pairs that meet are looked up
members as (
    select distinct
        relation_id,
        figure_id
    from {{ ref('stg_relations') }}
    where rule in ('repeat', 'text_vs_table') and figure_id is not null
),

tied as (
    select distinct
        meetings.figure_id,
        meetings.other_figure_id
    from meetings
    inner join members as one
        on meetings.figure_id = one.figure_id
    inner join members as other
        on meetings.other_figure_id = other.figure_id and one.relation_id = other.relation_id
),

pairs as (
    select
        later_figure.figure_id as stated_figure_id,
        earlier.figure_id as other_figure_id,
        later_figure.source_id,
        earlier.source_id as other_source_id,
        later_figure.indicator,
        later_figure.unit as stated_unit,
        later_figure.basis_key = earlier.basis_key as same_basis,
        later_figure.period_label = earlier.period_label as same_period,
        later_figure.basis_key as stated_basis,
        earlier.basis_key as other_basis,
        later_figure.period_label as stated_period,
        earlier.period_label as other_period,
        later_figure.status as stated_status,
        earlier.status as other_status,
        {{ rate_or_usual('later_figure.fx_rate') }} as fx,
        coalesce(later_figure.qualifier, earlier.qualifier) is null as is_plain,
        later_figure.x as s,
        later_figure.x_low as s_low,
        later_figure.x_high as s_high,
        case when later_figure.currency <> earlier.currency then earlier.usd_per_unit / later_figure.usd_per_unit else 1.0 end as rate,
        case when later_figure.currency <> earlier.currency then {{ var('fx_tolerance') }} else 0.0 end as rate_width,
        earlier.x,
        earlier.x_low,
        earlier.x_high
    from meetings
    inner join figures as later_figure on meetings.figure_id = later_figure.figure_id
    inner join figures as earlier
        on meetings.other_figure_id = earlier.figure_id and later_figure.subject = earlier.subject
    left join tied
        on meetings.figure_id = tied.figure_id and meetings.other_figure_id = tied.other_figure_id
    where tied.figure_id is null
)

select
    concat('cross_source:', stated_figure_id, '~', other_figure_id) as comparison_id,
    'cross_source' as rule,
    'series' as found_by,
    source_id,
    other_source_id,
    stated_figure_id,
    other_figure_id,
    indicator,
    stated_unit,
    same_basis,
    same_period,
    stated_basis,
    other_basis,
    stated_period,
    other_period,
    stated_status,
    other_status,
    fx,
    is_plain,
    s,
    s_low,
    s_high,
    x * rate as e,
    x_low * rate * (1 - rate_width) as e_low,
    x_high * rate * (1 + rate_width) as e_high
from pairs
