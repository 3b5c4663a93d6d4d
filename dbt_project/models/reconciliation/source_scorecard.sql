-- How reliable a report's arithmetic is: of its checkable statements, how many hold.
with figures as (
    select
        source_id,
        count(*) as figures
    from {{ ref('figures') }}
    group by source_id
),

per_source as (
    select
        {{ each_of('source_ids') }} as source_id,
        rule,
        verdict_corrected as verdict
    from {{ ref('comparisons') }}
),

counts as (
    select
        source_id,
        count(*) as comparisons,
        count(case when verdict = 'agree' then 1 end) as agreeing,
        count(case when verdict = 'disagree' then 1 end) as disagreeing,
        count(case when verdict = 'not_comparable' then 1 end) as not_comparable
    from per_source
    group by source_id
),

by_rule as (
    select
        source_id,
        rule,
        count(*) as n
    from per_source
    where verdict = 'disagree'
    group by source_id, rule
),

texts as (
    select
        source_id,
        {{ join_rules('rule', 'n') }} as findings_by_rule
    from by_rule
    group by source_id
)

select
    sources.source_id,
    cast(coalesce(figures.figures, 0) as integer) as figures,
    cast(coalesce(counts.comparisons, 0) as integer) as comparisons,
    cast(coalesce(counts.agreeing, 0) as integer) as agreeing,
    cast(coalesce(counts.disagreeing, 0) as integer) as disagreeing,
    cast(coalesce(counts.not_comparable, 0) as integer) as not_comparable,
    counts.agreeing / cast(nullif(counts.agreeing + counts.disagreeing, 0) as double) as share_holding,
    coalesce(texts.findings_by_rule, '') as findings_by_rule
from {{ ref('stg_sources') }} as sources
left join figures on sources.source_id = figures.source_id
left join counts on sources.source_id = counts.source_id
left join texts on sources.source_id = texts.source_id
