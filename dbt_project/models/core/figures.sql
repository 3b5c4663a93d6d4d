-- Every printed figure, one row each: where it stands, how it is printed, what it means, what is in question about it.
with countries as (
    -- of an organisation; else of whoever makes or owns the thing
    select
        things.entity,
        coalesce(things.country, makers.country, parents.country) as country
    from {{ ref('entities') }} as things
    left join {{ ref('entities') }} as makers on things.maker = makers.entity
    left join {{ ref('entities') }} as parents on things.parent = parents.entity
),

money as (
    select distinct unit
    from {{ ref('units') }}
    where dimension = 'money'
),

in_question as (
    select
        {{ each_of('comparisons.figure_ids') }} as figure_id,
        issues.issue_id,
        -- the finding that the figure itself takes part in, not the gravest of the issue
        findings.explanation as title,
        findings.decision,
        {{ text_of(severity_rank('findings.severity')) }} as place
    from {{ ref('issues') }} as issues
    inner join (
        select
            listed.issue_id,
            {{ each_of('listed.finding_ids') }} as finding_id
        from {{ ref('issues') }} as listed
    ) as members on issues.issue_id = members.issue_id
    inner join {{ ref('findings') }} as findings on members.finding_id = findings.finding_id
    inner join {{ ref('comparisons') }} as comparisons on members.finding_id = comparisons.comparison_id
    -- what only soft keys propose is no question to the figure yet
    where findings.severity <> 'hint'
),

warnings as (
    select
        figure_id,
        {{ distinct_list_of('issue_id') }} as issue_ids,
        min_by(
            concat(case when decision = 'open' then 'In question: ' else concat('Decided (', decision, '): ') end, title),
            concat(place, issue_id, title)
        ) as warning
    from in_question
    group by figure_id
)

select
    figures.figure_id,
    figures.source_id,
    cast(figures.line as integer) as line,
    figures.exhibit,
    figures.printed,
    figures.printed_scale,
    figures.qualifier,
    figures.value,
    figures.value_low,
    -- a part is at most its whole, whatever "over" allows
    case
        when figures.statistic = 'share' and figures.unit = 'percent' and figures.value <= 100
            then least(100, figures.value_high)
        else figures.value_high
    end as value_high,
    figures.unit,
    case
        when figures.statistic in ('yoy', 'cagr', 'change') and figures.value < 0 then 'down'
        when figures.statistic in ('yoy', 'cagr', 'change') and figures.value > 0 then 'up'
    end as direction,
    {{ round_off('figures.value / ' ~ display('figures.value', 'figures.unit', 'figures.counted', 'money.unit is not null', 'divisor')) }}
        as display_value,
    {{ display('figures.value', 'figures.unit', 'figures.counted', 'money.unit is not null', 'name') }} as display_unit,
    figures.counted,
    figures.figure_role as {{ adapter.quote('role') }},
    case
        when figures.figure_id like '%:low' or figures.figure_id like '%:high' then split_part(figures.figure_id, ':', 1)
    end as range_id,
    case
        when figures.figure_id like '%:low' then 'low'
        when figures.figure_id like '%:high' then 'high'
    end as range_end,
    figures.indicator,
    figures.entity,
    countries.country as entity_country,
    figures.segment,
    case
        when figures.statistic = 'share'
            then coalesce(figures.whole, nullif(regexp_replace(split_part(figures.basis, ';', 1), '^(share )?of ', ''), split_part(figures.basis, ';', 1)), wholes.whole)
    end as {{ adapter.quote('whole') }},
    figures.geography,
    figures.basis,
    figures.period_start,
    figures.period_end,
    figures.period_label,
    figures.status,
    figures.statistic,
    figures.value_usd,
    figures.value_cny,
    figures.fx_rate,
    figures.mart,
    figures.review,
    figures.preference,
    case when corrections.holds then corrections.corrected_value end as corrected_value,
    warnings.warning,
    warnings.issue_ids,
    statements.statement_id,
    statements.statement_id = figures.figure_id as is_first_print,
    figures.note,
    figures.published_on,
    coalesce(figures.known_from, figures.published_on, sources.published_to) as known_from,
    figures.known_until
from {{ ref('int_figures__converted') }} as figures
inner join {{ ref('int_figures__statements') }} as statements
    on figures.figure_id = statements.figure_id
left join {{ ref('sources') }} as sources
    on figures.source_id = sources.source_id
left join {{ ref('int_corrections') }} as corrections
    on figures.figure_id = corrections.figure_id
left join {{ ref('int_figures__wholes') }} as wholes
    on figures.figure_id = wholes.figure_id
left join countries on figures.entity = countries.entity
left join money on figures.unit = money.unit
left join warnings on figures.figure_id = warnings.figure_id
