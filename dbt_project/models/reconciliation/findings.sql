-- The disagreements, each once, with the likeliest reason and what a steward decided about it.
with decided as (
    select
        finding_id,
        decision,
        reason
    from {{ ref('decision_guards') }}
    where holds
)

select
    comparisons.comparison_id as finding_id,
    comparisons.comparison_id,
    comparisons.rule,
    case
        -- proposed by a machine: a candidate until people have confirmed enough findings of its kind
        when {{ is_proposed('comparisons.comparison_id', 'comparisons.rule', 'comparisons.origin') }} and not coalesce(precisions.is_proven, false)
            then 'hint'
        when comparisons.verdict = 'not_comparable' then 'info'
        when codes.severity = 'info' then 'info'
        -- a report that leaves out whether it counts sparsity differs in basis from one that says it
        when explanations.explanation_code = 'sparsity' and comparisons.rule = 'reference' then 'info'
        when codes.severity = 'warn' or abs(comparisons.gap) < 0.1 then 'warn'
        else 'error'
    end as severity,
    explanations.explanation_code,
    comparisons.explanation,
    comparisons.explanation_zh,
    coalesce(decided.decision, 'open') as decision,
    decided.reason
from {{ ref('comparisons') }} as comparisons
inner join {{ ref('int_explanations') }} as explanations
    on comparisons.comparison_id = explanations.comparison_id
-- the registry says how severe a reason is; the others are by size
left join {{ ref('explanations') }} as codes
    on explanations.explanation_code = codes.explanation_code
left join decided
    on comparisons.comparison_id = decided.finding_id
left join {{ ref('operator_precision') }} as precisions
    on
        comparisons.rule = precisions.rule
        and coalesce(comparisons.origin, 'relation') = precisions.origin
        and {{ is_proposed('comparisons.comparison_id', 'comparisons.rule', 'comparisons.origin') }} = precisions.is_proposed
