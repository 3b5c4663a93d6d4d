-- The same ties where series keys find the inputs: a cagr or a change meets the levels of its first and last year, a yoy the
-- levels of its year and the year before, a share its part and its whole. Only within one source, and only where no
-- tie is stated for the figure. The level nearest to the stated figure is taken (same table, then fewest lines away).
with figures as (
    select * from {{ ref('int_figures__comparable') }}
),

stated_ties as (
    select distinct
        figure_id,
        rule
    from {{ ref('stg_relations') }}
    where role = 'stated' and not {{ is_found('relation_id') }}
),

-- One level a series, period and place (prose, or one table), the first one: a copy of it elsewhere is
-- compared with the first print by the rule repeat, so that pairing every copy with every other would add nothing.
levels as (
    select *
    from (
        select
            *,
            {{ day_of_year('period_start') }} as start_day,
            {{ month_of('period_end') }} as end_month,
            row_number() over (
                partition by source_id, subject, basis_key, unit, period_label, table_id
                order by line, figure_id
            ) as copy
        from figures
        where statistic = 'level' and unit_kind <> 'percent' and period_start is not null
    ) as numbered
    where copy = 1
),

growths as (
    select
        figures.*,
        case
            when figures.statistic = 'cagr' then 'cagr'
            when figures.statistic = 'change' and figures.unit = 'times' then 'fold'
            else 'growth'
        end as rule,
        case when figures.statistic in ('cagr', 'change') then figures.first_year else figures.last_year - 1 end as base_year
    from figures
    left join stated_ties
        on
            figures.figure_id = stated_ties.figure_id
            and stated_ties.rule in ('cagr', 'growth', 'fold')
    where
        stated_ties.figure_id is null
        and figures.unit in ('percent', 'times')
        and (
            -- a change over several years, in times or per cent, and of something that grew
            (figures.statistic in ('cagr', 'change') and figures.last_year > figures.first_year and figures.x > 0)
            or (figures.statistic = 'yoy' and figures.last_year = figures.first_year)
        )
),

growth_candidates as (
    select
        growths.figure_id as stated_figure_id,
        growths.rule,
        growths.source_id,
        growths.x as s,
        growths.x_low as s_low,
        growths.x_high as s_high,
        growths.unit as stated_unit,
        growths.unit_kind as stated_kind,
        growths.statistic as stated_statistic,
        growths.indicator,
        upper_level.figure_id as upper_figure_id,
        lower_level.figure_id as lower_figure_id,
        upper_level.x as u,
        upper_level.x_low as u_low,
        upper_level.x_high as u_high,
        lower_level.x as l,
        lower_level.x_low as l_low,
        lower_level.x_high as l_high,
        upper_level.unit_kind as input_kind,
        growths.last_year - growths.base_year as n_years,
        {{ rate_or_usual('upper_level.fx_rate') }} as fx,
        row_number() over (
            partition by growths.figure_id
            order by
                case when upper_level.table_id = growths.table_id and lower_level.table_id = growths.table_id then 0 else 1 end,
                abs(upper_level.line - growths.line) + abs(lower_level.line - growths.line),
                upper_level.figure_id,
                lower_level.figure_id
        ) as choice
    from growths
    inner join levels as upper_level
        on
            growths.source_id = upper_level.source_id
            and growths.subject_key = upper_level.subject_key
            and growths.basis_key = upper_level.basis_key
            and growths.last_year = upper_level.last_year
            and upper_level.first_year = upper_level.last_year
    inner join levels as lower_level
        on
            upper_level.source_id = lower_level.source_id
            and upper_level.subject = lower_level.subject
            and upper_level.basis_key = lower_level.basis_key
            and upper_level.unit = lower_level.unit
            and growths.base_year = lower_level.last_year
            and lower_level.first_year = lower_level.last_year
            -- 2024-12 meets 2023-12, 2024 meets 2023: the same part of the year
            and upper_level.start_day = lower_level.start_day
            and upper_level.end_month = lower_level.end_month
),

shares as (
    select figures.*
    from figures
    left join stated_ties
        on figures.figure_id = stated_ties.figure_id and stated_ties.rule in ('share', 'ratio')
    where
        stated_ties.figure_id is null
        and figures.statistic = 'share'
        and figures.unit = 'percent'
),

share_candidates as (
    select
        shares.figure_id as stated_figure_id,
        'share' as rule,
        shares.source_id,
        shares.x as s,
        shares.x_low as s_low,
        shares.x_high as s_high,
        shares.unit as stated_unit,
        shares.unit_kind as stated_kind,
        shares.statistic as stated_statistic,
        shares.indicator,
        part.figure_id as upper_figure_id,
        whole.figure_id as lower_figure_id,
        part.x as u,
        part.x_low as u_low,
        part.x_high as u_high,
        whole.x as l,
        whole.x_low as l_low,
        whole.x_high as l_high,
        part.unit_kind as input_kind,
        cast(null as bigint) as n_years,
        {{ rate_or_usual('part.fx_rate') }} as fx,
        row_number() over (
            partition by shares.figure_id
            order by
                abs(part.line - shares.line) + abs(whole.line - shares.line),
                part.figure_id,
                whole.figure_id
        ) as choice
    from shares
    inner join levels as part
        on
            shares.source_id = part.source_id
            and shares.indicator = part.indicator
            and coalesce(shares.entity, '') = coalesce(part.entity, '')
            and coalesce(shares.segment, '') = coalesce(part.segment, '')
            and coalesce(shares.geography, '') = coalesce(part.geography, '')
            and shares.basis_key = part.basis_key
            and shares.period_label = part.period_label
    inner join levels as whole
        on
            shares.source_id = whole.source_id
            and shares.indicator = whole.indicator
            and coalesce(shares.segment, '') = coalesce(whole.segment, '')
            and shares.basis_key = whole.basis_key
            and shares.period_label = whole.period_label
            and part.unit = whole.unit
            and coalesce(part.counted, '') = coalesce(whole.counted, '')
            and whole.geography = 'WLD'
            and shares.geography <> 'WLD'
            and whole.entity is null
            and shares.entity is null
)

select
    concat(source_id, '/', split_part(stated_figure_id, '/', 2), '.series') as relation_id,
    rule,
    'series' as found_by,
    source_id,
    stated_figure_id,
    upper_figure_id,
    lower_figure_id,
    s,
    s_low,
    s_high,
    u,
    u_low,
    u_high,
    l,
    l_low,
    l_high,
    n_years,
    stated_unit,
    stated_kind,
    input_kind,
    stated_statistic,
    indicator,
    fx
from (
    select * from growth_candidates
    union all
    select * from share_candidates
) as candidates
where choice = 1
