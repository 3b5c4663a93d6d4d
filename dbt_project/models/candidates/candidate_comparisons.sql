-- Statements about figures of which at least one is a candidate, under ids that no reviewed comparison has.
select
    concat('candidate:', comparison_id) as comparison_id,
    rule,
    origin,
    scope,
    source_ids,
    figure_ids,
    stated,
    stated_low,
    stated_high,
    expected,
    expected_low,
    expected_high,
    gap,
    verdict,
    verdict_corrected,
    explanation,
    explanation_zh
from {{ source('raw', 'candidate_comparisons') }}
