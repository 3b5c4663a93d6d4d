-- Does each decision still match what the sources show? One that does not decides nothing until a person looks again.
with findings as (
    select
        comparisons.comparison_id,
        explanations.explanation_code,
        comparisons.stated,
        comparisons.expected
    from {{ ref('comparisons') }} as comparisons
    inner join {{ ref('int_explanations') }} as explanations
        on comparisons.comparison_id = explanations.comparison_id
)

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
    end as problem,
    coalesce(
        findings.comparison_id is not null
        and findings.explanation_code = decisions.expect_code
        and (decisions.expect_stated is null or abs(findings.stated - decisions.expect_stated) <= 0.005 * abs(decisions.expect_stated))
        and (decisions.expect_expected is null or abs(findings.expected - decisions.expect_expected) <= 0.005 * abs(decisions.expect_expected)),
        false
    ) as holds
from {{ ref('stg_decisions') }} as decisions
left join findings
    on decisions.finding_id = findings.comparison_id
