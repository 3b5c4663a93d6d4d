-- Findings with one cause, together: those that share the figure which most of them meet in. Each finding once.
with met as (
    select
        findings.finding_id,
        findings.severity,
        {{ each_of('comparisons.figure_ids') }} as figure_id
    from {{ ref('findings') }} as findings
    inner join {{ ref('comparisons') }} as comparisons
        on findings.comparison_id = comparisons.comparison_id
),

weights as (
    select
        figure_id,
        -- a proposal names no suspect where a firm finding does
        count(case when severity <> 'hint' then 1 end) as n_firm,
        count(*) as n_findings
    from met
    group by figure_id
),

suspects as (
    select
        met.finding_id,
        -- equal counts: the figure whose id comes first, so that a rebuild names the same one
        min_by(met.figure_id, concat(
            lpad(cast(100000 - weights.n_firm as {{ dbt.type_string() }}), 6, '0'),
            lpad(cast(100000 - weights.n_findings as {{ dbt.type_string() }}), 6, '0'),
            met.figure_id
        )) as figure_id
    from met
    inner join weights on met.figure_id = weights.figure_id
    group by met.finding_id
),

placed as (
    select
        findings.finding_id,
        findings.explanation_code,
        findings.explanation,
        findings.severity,
        findings.decision,
        findings.reason,
        comparisons.source_ids,
        comparisons.explanation_zh,
        least(1.0, abs(coalesce(comparisons.gap, 0.0))) as size,
        coalesce(suspects.figure_id, findings.finding_id) as suspect,
        case findings.severity when 'error' then 1 when 'warn' then 2 when 'info' then 3 else 4 end as severity_rank,
        case findings.severity when 'error' then 0.4 when 'warn' then 0.2 when 'info' then 0.05 else 0.0 end as weight,
        concat(
            case findings.severity when 'error' then '1' when 'warn' then '2' when 'info' then '3' else '4' end, findings.finding_id
        ) as place
    from {{ ref('findings') }} as findings
    inner join {{ ref('comparisons') }} as comparisons
        on findings.comparison_id = comparisons.comparison_id
    left join suspects on findings.finding_id = suspects.finding_id
),

sources_of as (
    select distinct
        suspect,
        {{ each_of('source_ids') }} as source_id
    from placed
),

source_lists as (
    select
        suspect,
        {{ distinct_list_of('source_id') }} as source_ids
    from sources_of
    group by suspect
),

grouped as (
    select
        suspect,
        {{ distinct_list_of('finding_id') }} as finding_ids,
        min_by(explanation, place) as title,
        min_by(explanation_code, place) as cause,
        min_by(severity, place) as severity,
        min_by(explanation_zh, place) as title_zh,
        -- how grave and how large the gravest error is, how many statements hang on it, and whether sources disagree
        case when min(severity_rank) = 4 then 0.1 else 1.0 end * (
            -- proposals beside firm findings add nothing
            max(weight) + 0.3 * coalesce(max(case when severity_rank < 4 then size end), max(size))
            + 0.2 * least(1.0, greatest(0, count(case when severity_rank < 4 then 1 end) - 1) / 4.0)
            + case
                when coalesce(max(case when severity_rank < 4 then {{ length_of('source_ids') }} end), max({{ length_of('source_ids') }})) > 1 then 0.1
                else 0.0
            end
        ) as importance,
        case when count(case when decision = 'open' then 1 end) > 0 then 'open' else min_by(decision, place) end as decision,
        nullif(min_by(coalesce(reason, ''), place), '') as reason
    from placed
    group by suspect
)

select
    concat('issue:', grouped.suspect) as issue_id,
    grouped.title,
    coalesce(
        grouped.title_zh,
        concat(coalesce(explanations.label_zh, grouped.cause), '：', coalesce(figures.printed, grouped.suspect))
    ) as title_zh,
    grouped.cause,
    case when figures.figure_id is not null then {{ sorted_list(['grouped.suspect']) }} end as suspect_figure_ids,
    grouped.finding_ids,
    source_lists.source_ids,
    {{ round_off('grouped.importance') }} as importance,
    grouped.severity,
    grouped.decision,
    grouped.reason
from grouped
inner join source_lists on grouped.suspect = source_lists.suspect
left join {{ ref('int_figures__converted') }} as figures on grouped.suspect = figures.figure_id
left join {{ ref('explanations') }} as explanations on grouped.cause = explanations.explanation_code
