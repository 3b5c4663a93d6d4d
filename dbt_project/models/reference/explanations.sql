-- Reasons that a finding may have.
select
    explanation_code,
    label_en,
    label_zh,
    severity,
    meaning
from {{ source('raw', 'ref_explanations') }}
