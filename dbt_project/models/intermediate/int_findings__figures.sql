-- The figures of disagreements as a person says them, in English and Chinese: value, what it is of, who prints it.
with wanted as (
    select comparisons.stated_figure_id as figure_id
    from {{ ref('int_comparisons') }} as comparisons
    inner join {{ ref('int_explanations') }} as explanations on comparisons.comparison_id = explanations.comparison_id
    union
    select comparisons.upper_figure_id
    from {{ ref('int_comparisons') }} as comparisons
    inner join {{ ref('int_explanations') }} as explanations on comparisons.comparison_id = explanations.comparison_id
    union
    select comparisons.lower_figure_id
    from {{ ref('int_comparisons') }} as comparisons
    inner join {{ ref('int_explanations') }} as explanations on comparisons.comparison_id = explanations.comparison_id
),

publishers as (
    select
        source_id,
        -- "Name (名称)": who is not named is called by the title
        case when coalesce(publisher, '') = '' or publisher like 'not named%' then title else publisher end as name
    from {{ ref('stg_sources') }}
),

named as (
    select
        figures.*,
        -- an eighth of something is 12.5 % of it
        case when figures.unit = 'ratio' and figures.x > 0 and figures.x < 1 then 'percent' else figures.unit end as said_unit,
        coalesce(indicators.dimension, '') <> 'percent' and figures.statistic = 'share' as is_share_of,
        qualifiers.label_en as qualifier_en,
        qualifiers.label_zh as qualifier_zh,
        coalesce(split_part(publishers.name, ' (', 1), figures.source_id) as publisher_en,
        coalesce(
            case
                when publishers.name like '% (%' then replace(split_part(publishers.name, ' (', 2), ')', '')
                else publishers.name
            end,
            figures.source_id
        ) as publisher_zh,
        coalesce(indicators.label_en, figures.indicator) as indicator_en,
        coalesce(indicators.label_zh, figures.indicator) as indicator_zh,
        coalesce(segments.label_en, figures.segment) as segment_en,
        coalesce(segments.label_zh, segments.label_en, figures.segment) as segment_zh,
        coalesce(entities.label_zh, figures.entity) as entity_zh,
        case
            when geographies.label_en = 'World' then 'the world'
            when geographies.label_en like 'United %' or geographies.label_en like '% Delta' then concat('the ', geographies.label_en)
            else coalesce(geographies.label_en, figures.geography)
        end as geography_en,
        coalesce(geographies.label_zh, figures.geography) as geography_zh,
        case
            when length(figures.period_label) in (4, 9) and substr(figures.period_label, 1, 2) = '20'
                then concat(figures.period_label, '年')
            when length(figures.period_label) = 7 and substr(figures.period_label, 5, 1) = '-'
                then concat(substr(figures.period_label, 1, 4), '年', cast(try_cast(substr(figures.period_label, 6, 2) as integer) as {{ dbt.type_string() }}), '月')
            else figures.period_label
        end as period_zh
    from {{ ref('int_figures__comparable') }} as figures
    inner join wanted on figures.figure_id = wanted.figure_id
    left join publishers on figures.source_id = publishers.source_id
    left join {{ ref('qualifiers') }} as qualifiers on figures.qualifier = qualifiers.qualifier
    left join {{ ref('indicators') }} as indicators on figures.indicator = indicators.indicator
    left join {{ ref('segments') }} as segments on figures.segment = segments.segment
    left join {{ ref('entities') }} as entities on figures.entity = entities.entity
    left join {{ ref('geographies') }} as geographies on figures.geography = geographies.geography
)

select
    figure_id,
    source_id,
    line,
    printed,
    unit,
    counted,
    currency,
    entity,
    entity_zh,
    indicator,
    segment_en,
    segment_zh,
    geography_en,
    geography_zh,
    indicator_en,
    indicator_zh,
    period_label,
    period_zh,
    basis,
    statistic,
    publisher_en,
    publisher_zh,
    {%- for language in ['en', 'zh'] %}
        concat(
            case when qualifier_{{ language }} is null then '' else concat(qualifier_{{ language }}, ' ') end,
            {{ natural('x', 'said_unit', language, 'counted') }}
        ) as value_{{ language }},
    {%- endfor %}
    concat(
        case statistic
            when 'cagr' then 'compound yearly growth of ' when 'yoy' then 'yearly growth of ' when 'change' then 'change in '
            when 'rank' then 'rank in ' else case when is_share_of then 'share of ' else '' end
        end,
        indicator_en,
        case
            when not says_segment then ''
            when segment_en like 'answer:%' then concat(', ', segment_en)
            when indicator_en like 'number of%' then concat(' in ', segment_en)
            else concat(' of ', segment_en)
        end,
        case when entity is null then '' when not says_segment then concat(' of ', entity) else concat(', ', entity) end,
        case when geography_en is null or entity like concat('%', geography_en, '%') then '' when geography_en = 'the world' then ' worldwide' else concat(' in ', geography_en) end,
        case when period_label is null then '' else concat(', ', period_label) end,
        case when basis is null then '' else concat(' (', basis, ')') end
    ) as subject_en,
    concat(
        coalesce(period_zh, ''), case when entity_zh like concat('%', geography_zh, '%') then '' else coalesce(geography_zh, '') end, coalesce(entity_zh, ''), case when says_segment then segment_zh else '' end,
        case when entity_zh is null and not says_segment then '' else '的' end,
        indicator_zh,
        case
            when statistic = 'cagr' then '复合年增长率' when statistic = 'yoy' then '同比增速' when statistic = 'change' then '变化'
            when statistic = 'rank' then '排名'
            when is_share_of then '占比'
            else ''
        end,
        case when basis is null then '' else concat('（', basis, '）') end
    ) as subject_zh
from (
    select
        *,
        -- data-centre electricity use is that of data centres: a segment that the indicator names is left out
        segment_en is not null
        and replace(lower(indicator_en), '-', ' ') not like concat('%', trim(trailing 's' from lower(segment_en)), '%')
        and indicator_zh not like concat('%', segment_zh, '%') as says_segment
    from named
) as said
