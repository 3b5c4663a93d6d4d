-- Does each decision still match what the sources show? One that does not decides nothing until a person looks again.
with findings as (
    select
        comparisons.comparison_id,
        explanations.explanation_code,
        comparisons.s as stated,
        comparisons.e as expected,
        comparisons.stated_figure_id,
        comparisons.upper_figure_id,
        comparisons.lower_figure_id
    from {{ ref('int_comparisons') }} as comparisons
    inner join {{ ref('int_explanations') }} as explanations
        on comparisons.comparison_id = explanations.comparison_id
),

members as (
    select distinct
        comparison_id,
        figure_id
    from {{ ref('int_comparisons__members') }}
),

judged as (
    select
        decisions.finding_id,
        decisions.decision,
        decisions.reason,
        decisions.who,
        decisions.decided_on,
        decisions.corrected_figure,
        decisions.corrected_value,
        case
            when findings.comparison_id is null then 'the finding does not exist any more'
            when findings.explanation_code <> decisions.expect_code
                then concat('the explanation is now ', findings.explanation_code, ', expected ', decisions.expect_code)
            when abs(findings.stated - decisions.expect_stated) > 0.005 * abs(decisions.expect_stated)
                then concat('stated is now ', {{ significant('findings.stated', 6) }})
            when abs(findings.expected - decisions.expect_expected) > 0.005 * abs(decisions.expect_expected)
                then concat('expected is now ', {{ significant('findings.expected', 6) }})
            when decisions.corrected_figure is null then null
            when figures.figure_id is null then concat('there is no figure ', decisions.corrected_figure)
            when
                members.figure_id is null
                and decisions.corrected_figure <> coalesce(findings.stated_figure_id, '')
                and decisions.corrected_figure <> coalesce(findings.upper_figure_id, '')
                and decisions.corrected_figure <> coalesce(findings.lower_figure_id, '')
                then concat(decisions.corrected_figure, ' takes no part in the finding')
            when decisions.corrected_unit <> figures.unit
                then concat('the corrected value is in ', decisions.corrected_unit, ', the figure in ', figures.unit)
            when
                decisions.expect_code not in ('scale', 'currency')
                and figures.value <> 0
                and not coalesce(decisions.corrected_value / figures.value between 0.1 and 10, false)
                then concat(
                        'the corrected value ', {{ significant('decisions.corrected_value', 6) }},
                        ' is not within a factor of ten of the printed ', {{ significant('figures.value', 6) }}, ' ', figures.unit
                    )
            when coalesce(corrected.verdict, 'missing') <> 'agree'
                then 'the statement does not hold with the corrected value either'
        end as problem
    from {{ ref('stg_decisions') }} as decisions
    left join findings
        on decisions.finding_id = findings.comparison_id
    left join members
        on decisions.finding_id = members.comparison_id and decisions.corrected_figure = members.figure_id
    left join {{ ref('int_figures__converted') }} as figures
        on decisions.corrected_figure = figures.figure_id
    left join {{ source('raw', 'corrected_verdicts') }} as corrected
        on decisions.finding_id = corrected.comparison_id
)

select
    finding_id,
    decision,
    reason,
    who,
    decided_on,
    corrected_figure,
    corrected_value,
    problem,
    problem is null as holds
from judged
