-- What has to be explained, with the figures on both sides and the quotient that the printed statement asks for.
with comparisons as (
    select * from {{ ref('int_comparisons') }}
    where verdict = 'disagree' or (verdict = 'not_comparable' and why_not is not null)
),

figures as (
    select * from {{ ref('int_figures__comparable') }}
),

joined as (
    select
        comparisons.*,
        stated.printed as stated_printed,
        stated.subject as stated_subject,
        stated.basis_key as stated_basis,
        stated.period_label as stated_period,
        stated.statistic as stated_statistic,
        stated.source_id as stated_source,
        stated.line as stated_line,
        stated.table_id as stated_table,
        upper_figure.printed as upper_printed,
        upper_figure.subject as upper_subject,
        upper_figure.basis_key as upper_basis,
        upper_figure.last_year as upper_last_year,
        upper_figure.period_label as upper_period,
        upper_figure.x as upper_x,
        upper_figure.x_low as upper_low,
        upper_figure.x_high as upper_high,
        upper_figure.unit as upper_unit,
        upper_figure.unit_kind as upper_kind,
        upper_figure.source_id as upper_source,
        upper_figure.line as upper_line,
        upper_figure.table_id as upper_table,
        upper_figure.published_on as upper_published_on,
        stated.published_on as stated_published_on,
        lower_figure.printed as lower_printed,
        lower_figure.subject as lower_subject,
        lower_figure.indicator as lower_indicator,
        lower_figure.entity as lower_entity,
        lower_figure.segment as lower_segment,
        lower_figure.geography as lower_geography,
        lower_figure.last_year as lower_last_year,
        lower_figure.period_label as lower_period,
        lower_figure.unit as lower_unit,
        lower_figure.source_id as lower_source,
        lower_figure.line as lower_line,
        lower_figure.table_id as lower_table,
        lower_figure.x as lower_x,
        lower_figure.x_low as lower_low,
        lower_figure.x_high as lower_high,
        -- a fall printed without its sign
        case
            when comparisons.rule in ('growth', 'cagr') and stated.statistic = 'change' and comparisons.s > 0 and comparisons.q < 1
                then -1
            else 1
        end as direction,
        comparisons.rule in ('growth', 'cagr', 'fold', 'share', 'ratio') and comparisons.q_low > 0
        and not (
            comparisons.rule = 'growth'
            and (comparisons.stated_unit = 'pp' or (comparisons.stated_unit = upper_figure.unit and comparisons.stated_unit not in ('percent', 'times', 'ratio')))
        ) as has_quotient
    from comparisons
    left join figures as stated on comparisons.stated_figure_id = stated.figure_id
    left join figures as upper_figure on comparisons.upper_figure_id = upper_figure.figure_id
    left join figures as lower_figure on comparisons.lower_figure_id = lower_figure.figure_id
),

-- the quotient upper / lower that the printed statement asks for, beside the one (q) that the printed inputs give
disagreeing as (
    select
        *,
        case
            when not has_quotient then null
            when rule = 'growth' and direction = -1 then 1 - s_high
            when rule = 'growth' then 1 + s_low
            when rule = 'cagr' and direction = -1 then power(greatest(1 - s_high, 0.001), n_years)
            when rule = 'cagr' then power(greatest(1 + s_low, 0.001), n_years)
            else s_low
        end as wanted_low,
        case
            when not has_quotient then null
            when rule = 'growth' and direction = -1 then 1 - s_low
            when rule = 'growth' then 1 + s_high
            when rule = 'cagr' and direction = -1 then power(greatest(1 - s_low, 0.001), n_years)
            when rule = 'cagr' then power(greatest(1 + s_high, 0.001), n_years)
            else s_high
        end as wanted_high,
        -- amounts of two currencies were converted for the comparison; their printed values cannot be put into it
        upper_low > 0 and lower_low > 0 and upper_high < 1e100 and lower_high < 1e100
        and not ({{ is_money('upper_kind') }} and upper_unit <> lower_unit) as inputs_replaceable,
        -- the two sides of a comparison of equals: beside s stands e
        rule in ('repeat', 'text_vs_table', 'cross_source', 'part_exceeds_whole', 'reference', 'sum', 'mean', 'product') as has_sides
    from joined
)

select * from disagreeing
