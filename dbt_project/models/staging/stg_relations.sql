-- One row a term of a stated arithmetic tie; ends of printed ranges are kept apart from single figures.
select
    relation_id,
    source_id,
    rule,
    covers,
    role,
    position,
    figure_id,
    coalesce(figure_id_high, figure_id) as figure_id_high,
    constant,
    years,
    note
from {{ source('raw', 'relations') }}
