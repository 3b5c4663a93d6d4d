-- What a publisher changed from one vintage to the next: values revised, withdrawn and given again. None of them counts
-- against a source.
select
    comparison_id as revision_id,
    figure,
    source_id,
    indicator,
    entity,
    basis,
    unit,
    change_kind as {{ adapter.quote('change') }},
    changed_on,
    figure_id_before,
    figure_id_after,
    value_before,
    value_after,
    ratio,
    explanation_code,
    because as explanation
from {{ ref('int_revisions') }}
