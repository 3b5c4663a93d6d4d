-- How reliable a report's arithmetic is: of its statements that could have failed, how many hold.
with figures as (
    select
        source_id,
        count(*) as figures
    from {{ ref('figures') }}
    group by source_id
),

counted as (
    select *
    from {{ ref('comparisons') }}
    -- proposals stand here only when they fail, so that they would count against a source alone
    -- and what a publisher revised is no statement of arithmetic
    where coalesce(origin, '') not in ('cluster', 'hierarchy') and rule not in ('field_conflict', 'unit_basis', 'revision')
),

per_source as (
    select
        {{ each_of('source_ids') }} as source_id,
        rule,
        verdict_corrected as verdict
    from counted
),

-- bounds tie whole groups of shares by what they may not exceed, which recomputes none of them
reached as (
    select distinct listed.figure_id
    from (
        select {{ each_of('figure_ids') }} as figure_id
        from counted
        where rule <> 'bounds'
    ) as listed
),

tied as (
    select
        figures.source_id,
        count(*) as tied_figures
    from {{ ref('figures') }} as figures
    inner join reached on figures.figure_id = reached.figure_id
    group by figures.source_id
),

counts as (
    select
        source_id,
        count(*) as comparisons,
        count(case when verdict = 'agree' then 1 end) as agreeing,
        count(case when verdict = 'disagree' then 1 end) as disagreeing,
        count(case when verdict = 'not_comparable' then 1 end) as not_comparable,
        count(case when verdict = 'strained' then 1 end) as strained,
        count(case when verdict = 'undetermined' then 1 end) as undetermined
    from per_source
    group by source_id
),

by_rule as (
    select
        source_id,
        rule,
        count(*) as n
    from per_source
    where verdict in ('disagree', 'strained')
    group by source_id, rule
),

issue_counts as (
    select
        listed.source_id,
        count(*) as issues
    from (
        select {{ each_of('source_ids') }} as source_id
        from {{ ref('issues') }}
        where severity <> 'hint'
    ) as listed
    group by listed.source_id
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
    cast(coalesce(tied.tied_figures, 0) as integer) as tied_figures,
    cast(coalesce(counts.comparisons, 0) as integer) as comparisons,
    cast(coalesce(counts.agreeing, 0) as integer) as agreeing,
    cast(coalesce(counts.disagreeing, 0) as integer) as disagreeing,
    cast(coalesce(counts.not_comparable, 0) as integer) as not_comparable,
    cast(coalesce(counts.strained, 0) as integer) as strained,
    cast(coalesce(counts.undetermined, 0) as integer) as undetermined,
    cast(coalesce(counts.agreeing + counts.disagreeing + counts.strained, 0) as integer) as could_fail,
    counts.agreeing / cast(nullif(counts.agreeing + counts.disagreeing + counts.strained, 0) as double) as share_holding,
    cast(coalesce(issue_counts.issues, 0) as integer) as issues,
    coalesce(texts.findings_by_rule, '') as findings_by_rule
from {{ ref('stg_sources') }} as sources
left join figures on sources.source_id = figures.source_id
left join tied on sources.source_id = tied.source_id
left join counts on sources.source_id = counts.source_id
left join texts on sources.source_id = texts.source_id
left join issue_counts on sources.source_id = issue_counts.source_id
