-- Findings that nobody has seen yet, and known ones that are gone: the set must not drift unnoticed.
with current_findings as (
    select
        finding_id,
        explanation_code
    from {{ ref('findings') }}
),

known as (
    select
        finding_id,
        explanation_code
    from {{ source('raw', 'known_findings') }}
)

select
    coalesce(current_findings.finding_id, known.finding_id) as finding_id,
    case
        when known.finding_id is null then 'new'
        when current_findings.finding_id is null then 'vanished'
        else 'changed'
    end as drift,
    known.explanation_code as known_code,
    current_findings.explanation_code as current_code
from current_findings
full outer join known
    on current_findings.finding_id = known.finding_id
where
    known.finding_id is null
    or current_findings.finding_id is null
    or known.explanation_code <> current_findings.explanation_code
