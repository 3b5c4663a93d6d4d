-- What candidates contradict. Their keys are doubtful until a person has seen them: a mismatch is a hint at the most, and
-- no decision is about it.
select
    concat('candidate:', finding_id) as finding_id,
    concat('candidate:', comparison_id) as comparison_id,
    rule,
    case severity when 'info' then 'info' else 'hint' end as severity,
    explanation_code,
    explanation,
    explanation_zh,
    'open' as decision,
    cast(null as {{ dbt.type_string() }}) as reason
from {{ source('raw', 'candidate_findings') }}
