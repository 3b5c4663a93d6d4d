-- What candidates contradict. Their keys are doubtful until a person has seen them: a mismatch is a hint at the most, and
-- no decision is about it.
select {{ contract_columns(model, {
    'finding_id': "concat('candidate:', finding_id)",
    'comparison_id': "concat('candidate:', comparison_id)",
    'severity': "case severity when 'info' then 'info' else 'hint' end",
    'decision': "'open'",
    'reason': 'cast(null as ' ~ dbt.type_string() ~ ')',
}) }}
from {{ source('raw', 'candidate_findings') }}
