-- How often people confirmed what a kind of tie found: a rule, by what its ties were found. Ties that a machine proposed
-- are hints until this says that their kind is right nearly always; `accepted` and `corrected` confirm a finding,
-- `not_comparable` refutes it, what nobody decided counts for neither.
with found as (
    select
        comparisons.comparison_id,
        comparisons.rule,
        coalesce(comparisons.origin, 'relation') as origin,
        {{ is_proposed('comparisons.comparison_id', 'comparisons.rule', 'comparisons.origin') }} as is_proposed
    from {{ ref('comparisons') }} as comparisons
    inner join {{ ref('int_explanations') }} as explanations
        on comparisons.comparison_id = explanations.comparison_id
),

counted as (
    select
        found.rule,
        found.origin,
        found.is_proposed,
        count(*) as findings,
        count(case when guards.decision in ('accepted', 'corrected') then 1 end) as confirmed,
        count(case when guards.decision = 'not_comparable' then 1 end) as refuted
    from found
    left join {{ ref('decision_guards') }} as guards
        on found.comparison_id = guards.finding_id and guards.holds
    group by found.rule, found.origin, found.is_proposed
)

select
    rule,
    origin,
    is_proposed,
    cast(findings as integer) as findings,
    cast(confirmed + refuted as integer) as decided,
    cast(confirmed as integer) as confirmed,
    cast(refuted as integer) as refuted,
    confirmed / cast(nullif(confirmed + refuted, 0) as double) as share_confirmed,
    -- the mean of a Beta distribution that began even: few answers prove little
    (confirmed + 1) / cast(confirmed + refuted + 2 as double) as expected_precision,
    (confirmed + 1) / cast(confirmed + refuted + 2 as double) >= {{ var('proven_precision') }} as is_proven
from counted
