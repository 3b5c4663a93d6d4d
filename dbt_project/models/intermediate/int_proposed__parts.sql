-- A part that is printed larger than its whole: a segment against what it belongs to, a country against the world, an
-- amount against the amount that its indicator is a part of, a month against its year. Candidates: whether the two really are part and whole is
-- for a person to say. A whole stands for its series with the first five reports that print it, so that the search is
-- linear in the figures.
-- a month in its year, for what adds up over time
{% set is_within %}
coalesce(
    part.is_flow and whole.is_flow and part.period_key <> whole.period_key and part.outlook = whole.outlook
    and part.period_start >= whole.period_start and part.period_end <= whole.period_end,
    false
)
{%- endset %}

with figures as (
    select
        figures.*,
        indicators.part_of,
        -- a yearly rate that a month is told as is no amount of that month
        coalesce(indicators.flow, '') = 'yes' and figures.scope_key not like '%annuali%' and figures.scope_key not like '%run rate%' as is_flow,
        extract(year from figures.period_end) - extract(year from figures.period_start) as span
    from {{ ref('int_proposed__figures') }} as figures
    inner join {{ ref('indicators') }} as indicators on figures.indicator = indicators.indicator
    where
        figures.statistic = 'level'
        -- only amounts and counts add up
        and figures.unit_kind not in ('percent', 'ratio', 'times', 'multiple', 's', 'nm', 'score')
        and figures.unit_kind not like '%/%'
        and figures.scope_key not like 'per %'
        -- what could be is not a part of what is
        and figures.scope_key not like '%potential%'
),

wholes as (
    select *
    from (
        select
            *,
            row_number() over (
                partition by
                    indicator, unit_kind, counted, entity_key, segment_key, geography_key, scope_key, period_key, outlook
                order by source_position, line, figure_id
            ) as place
        from figures
    ) as ranked
    where place <= 5
),

-- the segment above, or nothing named at all; the same segment in the world; the amount that this one belongs to
looked_for as (
    select
        figures.figure_id,
        figures.indicator as whole_indicator,
        ancestors.ancestor as whole_segment,
        figures.geography_key as whole_geography,
        ancestors.distance
    from figures
    inner join {{ ref('int_segments__ancestors') }} as ancestors on figures.segment = ancestors.segment
    union all
    select
        figures.figure_id,
        figures.indicator,
        ancestors.ancestor,
        'WLD',
        ancestors.distance + 1
    from figures
    inner join {{ ref('int_segments__ancestors') }} as ancestors on figures.segment = ancestors.segment
    where figures.geography_key not in ('', 'WLD')
    union all
    select
        figure_id,
        indicator,
        '',
        geography_key,
        4
    from figures
    where segment_key <> ''
    union all
    select
        figure_id,
        indicator,
        segment_key,
        'WLD',
        1
    from figures
    where geography_key not in ('', 'WLD') and segment_key <> ''
    union all
    -- what is not counted from the start, in what is; a month in its year
    select
        figure_id,
        indicator,
        segment_key,
        geography_key,
        0
    from figures
    where segment_key <> '' or is_flow
    union all
    select
        figure_id,
        part_of,
        segment_key,
        geography_key,
        1
    from figures
    where part_of is not null
    union all
    select
        figures.figure_id,
        figures.part_of,
        ancestors.ancestor,
        figures.geography_key,
        ancestors.distance + 1
    from figures
    inner join {{ ref('int_segments__ancestors') }} as ancestors on figures.segment = ancestors.segment
    where figures.part_of is not null
),

-- of the same thing, or of nobody in particular: keys of one join, for to look among the wholes of all things would be
-- quadratic
wanted as (
    {% for whole_entity in ['figures.entity_key', "''"] %}
        select
            figures.*,
            looked_for.whole_indicator,
            looked_for.whole_segment,
            looked_for.whole_geography,
            looked_for.distance,
            {{ whole_entity }} as whole_entity
        from looked_for
        inner join figures on looked_for.figure_id = figures.figure_id
        {% if not loop.last %}
            union all
        {% else %}
            where figures.entity_key <> ''
        {% endif %}
    {% endfor %}
),

pairs as (
    select
        part.figure_id as stated_figure_id,
        whole.figure_id as other_figure_id,
        part.source_id = whole.source_id as same_source,
        part.period_key = whole.period_key as same_period,
        {{ is_within }} as is_within,
        part.scope_key = whole.scope_key as same_basis,
        part.period_key as part_period,
        whole.period_key as whole_period,
        part.scope_key as part_basis,
        whole.scope_key as whole_basis,
        row_number() over (
            partition by part.figure_id
            order by
                case when part.period_key = whole.period_key then 0 when {{ is_within }} then 1 else 2 end,
                case when part.scope_key = whole.scope_key then 0 else 1 end,
                part.distance, whole.source_position, whole.line, whole.figure_id
        ) as choice
    from wanted as part
    inner join wholes as whole
        on
            part.whole_indicator = whole.indicator
            and part.whole_segment = whole.segment_key
            and part.whole_geography = whole.geography_key
            and part.whole_entity = whole.entity_key
            and part.unit_kind = whole.unit_kind
            and coalesce(part.counted, '') = coalesce(whole.counted, '')
    where
        part.figure_id <> whole.figure_id
        -- in itself only what is not counted from the start, in what is
        and (part.distance > 0 or {{ is_within }} or (whole.scope_key = 'cumulative' and part.scope_key <> 'cumulative'))
        and not (part.source_id = whole.source_id and part.line = whole.line and part.indicator = whole.indicator)
        -- rows and columns of one table are the business of its checks
        and not (part.source_id = whole.source_id and coalesce(part.table_id = whole.table_id, false))
        -- the basis of the whole may be wider, never narrower
        and (whole.scope_key in ('', 'cumulative') or whole.scope_key = part.scope_key)
        and (
            part.period_key = whole.period_key
            or {{ is_within }}
            -- what is counted up to a day holds what came before it
            or (whole.scope_key = 'cumulative' and part.scope_key <> 'cumulative' and part.outlook = 'now' and part.period_end <= whole.period_end)
            -- what is undated is of about now
            or (whole.period_key = '' and part.outlook = 'now')
            or (part.period_key = '' and whole.outlook = 'now')
            -- the part of one year above the whole of the next
            or (part.span = 0 and whole.span = 0 and part.last_year = whole.first_year - 1 and part.outlook = whole.outlook)
            or (part.span = 0 and whole.span = 0 and part.last_year = whole.first_year - 1 and whole.outlook = 'ahead')
        )
        and part.v_low * (1 - case when part.currency <> whole.currency then {{ var('fx_tolerance') }} else 0 end) > whole.v_high
)

select
    stated_figure_id,
    other_figure_id,
    'part_exceeds_whole' as rule,
    'hierarchy' as found_by,
    case
        when not same_period and not is_within and (part_period = '' or whole_period = '')
            then concat('the dates stand in one place only: ', part_period, whole_period)
        when not same_period and not is_within then concat('the dates differ: ', part_period, ' against ', whole_period)
        when not same_basis then concat('the basis stands in one place only: ', part_basis, whole_basis)
    end as why_not
from pairs
where choice <= 3
