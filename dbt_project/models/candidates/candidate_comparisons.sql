-- Statements about figures of which at least one is a candidate, under ids that no reviewed comparison has.
select {{ contract_columns(model, {'comparison_id': "concat('candidate:', comparison_id)"}) }}
from {{ source('raw', 'candidate_comparisons') }}
