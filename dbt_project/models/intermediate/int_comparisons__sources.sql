-- cross_source: one series in two reports. Each report is represented by its preferred (else first) figure of the
-- series; reports are compared in the order of publication, each with the one before: linear in the number of reports.
with figures as (
    select
        *,
        concat_ws('|', subject, case when statistic = 'level' then 'level' else statistic end, unit_kind) as series,
        coalesce(cast(published_on as varchar), '') as vintage
    from {{ ref('int_figures__comparable') }}
    where
        period_end is not null
        and statistic <> 'rank'
        and preference <> 'deprecated'
        and indicator not in ('general_count', 'duration', 'company_fact', 'macro_rate', 'cost', 'product_price')
        and figure_id not like '%:high'
),

-- one figure a source, series, year, basis: a report against itself is the business of the rule repeat
represented as (
    select *
    from (
        select
            *,
            row_number() over (
                partition by source_id, series, last_year, basis_key, period_label
                order by case preference when 'preferred' then 0 else 1 end, line, figure_id
            ) as place
        from figures
    ) as ranked
    where place = 1
),

sources as (
    select
        source_id,
        position
    from {{ ref('stg_sources') }}
),

ordered as (
    select
        represented.*,
        sources.position,
        dense_rank() over (
            partition by represented.series, represented.last_year
            order by sources.position
        ) as source_place
    from represented
    inner join sources on represented.source_id = sources.source_id
),

-- pairs that a relation file already ties
tied as (
    select distinct
        one.figure_id,
        other.figure_id as other_figure_id
    from {{ ref('stg_relations') }} as one
    inner join {{ ref('stg_relations') }} as other
        on one.relation_id = other.relation_id and one.figure_id <> other.figure_id
    where one.rule in ('repeat', 'text_vs_table')
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
        coalesce(later_figure.fx_rate, 7.0) as fx,
        later_figure.x as s,
        later_figure.x_low as s_low,
        later_figure.x_high as s_high,
        earlier.x * case when later_figure.currency <> earlier.currency then earlier.usd_per_unit / later_figure.usd_per_unit else 1.0 end as e,
        earlier.x_low * case when later_figure.currency <> earlier.currency then (1 - {{ var('fx_tolerance') }}) * earlier.usd_per_unit / later_figure.usd_per_unit else 1.0 end as e_low,
        earlier.x_high * case when later_figure.currency <> earlier.currency then (1 + {{ var('fx_tolerance') }}) * earlier.usd_per_unit / later_figure.usd_per_unit else 1.0 end as e_high,
        row_number() over (
            partition by later_figure.figure_id
            order by
                case when later_figure.basis_key = earlier.basis_key then 0 else 1 end,
                case when later_figure.period_label = earlier.period_label then 0 else 1 end,
                case when later_figure.status = earlier.status then 0 else 1 end,
                earlier.figure_id
        ) as choice
    from ordered as later_figure
    inner join ordered as earlier
        on
            later_figure.series = earlier.series
            and later_figure.last_year = earlier.last_year
            and later_figure.first_year = earlier.first_year
            and later_figure.source_place = earlier.source_place + 1
)

select
    concat('cross_source:', pairs.stated_figure_id, '~', pairs.other_figure_id) as comparison_id,
    'cross_source' as rule,
    'series' as found_by,
    pairs.source_id,
    pairs.other_source_id,
    pairs.stated_figure_id,
    pairs.other_figure_id,
    pairs.indicator,
    pairs.stated_unit,
    pairs.same_basis,
    pairs.same_period,
    pairs.stated_basis,
    pairs.other_basis,
    pairs.stated_period,
    pairs.other_period,
    pairs.stated_status,
    pairs.other_status,
    pairs.fx,
    pairs.s,
    pairs.s_low,
    pairs.s_high,
    pairs.e,
    pairs.e_low,
    pairs.e_high
from pairs
left join tied
    on pairs.stated_figure_id = tied.figure_id and pairs.other_figure_id = tied.other_figure_id
where pairs.choice = 1 and tied.figure_id is null
