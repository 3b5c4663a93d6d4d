-- Findings with one cause, together: those of one sort that share the statement which most of them meet in, and those of
-- one slip that a report makes again and again. Each finding once.
with met as (
    select
        findings.finding_id,
        findings.severity,
        {{ kind_of_cause('findings.explanation_code') }} as kind,
        {{ each_of('comparisons.figure_ids') }} as figure_id
    from {{ ref('findings') }} as findings
    inner join {{ ref('comparisons') }} as comparisons
        on findings.comparison_id = comparisons.comparison_id
),

-- a statement that is printed twice is one suspect
stated as (
    select distinct
        met.finding_id,
        met.severity,
        met.kind,
        coalesce(statements.statement_id, met.figure_id) as statement_id
    from met
    left join {{ ref('int_figures__statements') }} as statements on met.figure_id = statements.figure_id
),

-- a statement that others confirm is not the one to suspect
confirmed as (
    select
        stated.statement_id,
        count(distinct holding.comparison_id) as n_agree
    from (select distinct statement_id from stated) as stated
    inner join {{ ref('int_figures__statements') }} as statements on stated.statement_id = statements.statement_id
    inner join (
        select
            comparison_id,
            {{ each_of('figure_ids') }} as figure_id
        from {{ ref('comparisons') }}
        where verdict = 'agree' and rule not in ('bounds', 'part_exceeds_whole', 'repeat', 'text_vs_table', 'cross_source')
    ) as holding on statements.figure_id = holding.figure_id
    group by stated.statement_id
),

weights as (
    select
        statement_id,
        kind,
        -- a proposal names no suspect where a firm finding does
        count(case when severity <> 'hint' then 1 end) as n_firm,
        count(*) as n_findings
    from stated
    group by statement_id, kind
),

claims as (
    select distinct
        comparisons.comparison_id as finding_id,
        coalesce(statements.statement_id, comparisons.stated_figure_id) as statement_id
    from {{ ref('int_comparisons') }} as comparisons
    left join {{ ref('int_figures__statements') }} as statements on comparisons.stated_figure_id = statements.figure_id
),

suspects as (
    select
        stated.finding_id,
        -- equal counts: the one that fewer others confirm, then what is claimed before what it rests on, then the one whose
        -- id comes first, so that a rebuild names the same one
        min_by(stated.statement_id, concat(
            lpad(cast(100000 - weights.n_firm as {{ dbt.type_string() }}), 6, '0'),
            lpad(cast(coalesce(confirmed.n_agree, 0) as {{ dbt.type_string() }}), 6, '0'),
            lpad(cast(100000 - weights.n_findings as {{ dbt.type_string() }}), 6, '0'),
            case when claims.statement_id is not null then '0' else '1' end,
            stated.statement_id
        )) as statement_id
    from stated
    inner join weights on stated.statement_id = weights.statement_id and stated.kind = weights.kind
    left join confirmed on stated.statement_id = confirmed.statement_id
    left join claims on stated.finding_id = claims.finding_id and stated.statement_id = claims.statement_id
    group by stated.finding_id
),

stated_figures as (
    select
        findings.finding_id,
        findings.rule,
        findings.explanation_code,
        suspects.statement_id,
        figures.source_id,
        figures.indicator,
        figures.table_id,
        figures.subject_key,
        findings.explanation_code in (
            'periods', 'total_growth', 'simple_average', 'increase_by_vs_to', 'scale', 'currency', 'sparsity',
            'mislabelled_basis', 'inverse', 'complement', 'share_of_rest', 'copied'
        ) as is_slip
    from {{ ref('findings') }} as findings
    inner join {{ ref('int_comparisons') }} as comparisons on findings.comparison_id = comparisons.comparison_id
    inner join suspects on findings.finding_id = suspects.finding_id
    inner join {{ ref('int_figures__comparable') }} as figures on comparisons.stated_figure_id = figures.figure_id
    where findings.severity <> 'hint'
),

-- a recognised slip of one rule with one indicator, in one table or in the text of one report, has one cause wherever
-- it is made: a wrong denominator in every row, a row copied into another, years counted wrongly
slips as (
    select
        finding_id,
        min(statement_id) over (partition by rule, explanation_code, source_id, indicator, coalesce(table_id, '')) as slip_id
    from stated_figures
    where is_slip
),

-- one printed row that misses what its table gives in three columns or more, by little or for no reason that is known,
-- follows from something else than its table
missing_rows as (
    select
        finding_id,
        min(statement_id) over (partition by rule, source_id, table_id, subject_key) as row_id,
        count(*) over (partition by rule, source_id, table_id, subject_key) as n_columns
    from stated_figures
    where
        not is_slip
        and table_id is not null
        and ({{ kind_of_cause('explanation_code') }} = 'close' or explanation_code = 'unexplained')
),

-- how many reports write about the same thing
subjects as (
    select
        subject_key,
        count(distinct source_id) as n_sources
    from {{ ref('int_figures__comparable') }}
    group by subject_key
),

-- how much a reader would care: a country's or the world's number more than a company's, AI and its first divisions
-- more than their parts, what several reports write about more than what one does, the running text more than a cell,
-- what is said again more than what is said once; what is only context not at all
prominence as (
    select
        met.finding_id,
        max(
            case
                when converted.mart = 'context' then 0.0
                else
                    case when figures.entity is null then 0.3 else 0.1 end
                    + case when figures.segment = 'ai' or segments.parent = 'ai' then 0.2 else 0.0 end
                    + 0.1 * least(2, subjects.n_sources - 1)
                    + case when figures.table_id is null then 0.2 else 0.0 end
                    + case when statements.statement_id <> figures.figure_id then 0.1 else 0.0 end
            end
        ) as prominence
    from met
    inner join {{ ref('int_figures__comparable') }} as figures on met.figure_id = figures.figure_id
    inner join {{ ref('int_figures__converted') }} as converted on met.figure_id = converted.figure_id
    inner join subjects on figures.subject_key = subjects.subject_key
    left join {{ ref('segments') }} as segments on figures.segment = segments.segment
    left join {{ ref('int_figures__statements') }} as statements on met.figure_id = statements.figure_id
    group by met.finding_id
),

placed as (
    select
        findings.finding_id,
        findings.explanation_code,
        coalesce(words.title, findings.explanation) as title,
        coalesce(words.title_zh, findings.explanation_zh) as title_zh,
        findings.severity,
        findings.decision,
        findings.reason,
        comparisons.source_ids,
        -- half as large again is as wrong as a reader notices; a growth is as wrong as the level that it leads to
        least(1.0, 2 * abs(coalesce(
            case
                when computed.rule in ('cagr', 'growth') and coalesce(computed.stated_unit, 'percent') <> 'times' and computed.s > -1 and computed.e > -1
                    then power((1 + computed.s) / (1 + computed.e), coalesce(computed.n_years, 1)) - 1
            end,
            comparisons.gap,
            0.0
        ))) as size,
        coalesce(prominence.prominence, 0.0) as prominence,
        coalesce(slips.slip_id, missing_rows.row_id, suspects.statement_id, findings.finding_id) as suspect,
        case
            when slips.slip_id is not null then 'wrong'
            when missing_rows.row_id is not null then 'row'
            else {{ kind_of_cause('findings.explanation_code') }}
        end as kind,
        {{ severity_rank('findings.severity') }} as severity_rank,
        -- what a person found to be two things is no contradiction
        case
            when findings.decision = 'not_comparable' then 0.05
            else {{ severity_weight('findings.severity') }}
        end as weight,
        concat(
            {{ text_of(severity_rank('findings.severity')) }},
            case when findings.decision = 'not_comparable' then '2' else '1' end,
            lpad(cast(cast(1000 - 1000 * least(1.0, abs(coalesce(comparisons.gap, 0.0))) as integer) as {{ dbt.type_string() }}), 4, '0'),
            findings.finding_id
        ) as place
    from {{ ref('findings') }} as findings
    inner join {{ ref('comparisons') }} as comparisons
        on findings.comparison_id = comparisons.comparison_id
    left join {{ ref('int_comparisons') }} as computed on findings.comparison_id = computed.comparison_id
    left join {{ ref('int_findings__words') }} as words on findings.comparison_id = words.comparison_id
    left join suspects on findings.finding_id = suspects.finding_id
    left join slips on findings.finding_id = slips.finding_id
    left join missing_rows on findings.finding_id = missing_rows.finding_id and missing_rows.n_columns >= 3
    left join prominence on findings.finding_id = prominence.finding_id
),

sources_of as (
    select distinct
        suspect,
        kind,
        {{ each_of('source_ids') }} as source_id
    from placed
),

source_lists as (
    select
        suspect,
        kind,
        {{ distinct_list_of('source_id') }} as source_ids
    from sources_of
    group by suspect, kind
),

grouped as (
    select
        suspect,
        kind,
        -- the gravest sort of cause has the plain name
        row_number() over (partition by suspect order by min(place)) as place_of_kind,
        {{ distinct_list_of('finding_id') }} as finding_ids,
        min_by(title, place) as title,
        min_by(explanation_code, place) as cause,
        min_by(severity, place) as severity,
        min_by(title_zh, place) as title_zh,
        -- how grave and how large the gravest error is, how prominent its figures are, how many statements hang on it, and
        -- whether sources disagree
        case when min(severity_rank) = 4 then 0.1 else 1.0 end * (
            -- proposals beside firm findings add nothing
            max(weight) + 0.2 * coalesce(max(case when severity_rank < 4 then size end), max(size))
            + 0.3 * coalesce(max(case when severity_rank < 4 then prominence end), max(prominence))
            -- another date, basis or definition is no second contradiction
            + 0.1 * least(1.0, greatest(0, count(case when severity_rank < 3 then 1 end) - 1) / 4.0)
            + case when max(case when severity_rank < 3 then {{ length_of('source_ids') }} end) > 1 then 0.1 else 0.0 end
        ) as importance,
        case when count(case when decision = 'open' then 1 end) > 0 then 'open' else min_by(decision, place) end as decision,
        nullif(min_by(coalesce(reason, ''), place), '') as reason
    from placed
    group by suspect, kind
)

select
    concat('issue:', grouped.suspect, case when grouped.place_of_kind > 1 then concat('~', grouped.kind) else '' end) as issue_id,
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
inner join source_lists on grouped.suspect = source_lists.suspect and grouped.kind = source_lists.kind
left join {{ ref('int_figures__converted') }} as figures on grouped.suspect = figures.figure_id
left join {{ ref('explanations') }} as explanations on grouped.cause = explanations.explanation_code
