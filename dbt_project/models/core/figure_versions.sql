-- Every figure with the days on which it was known: valid_until is the first day on which it no longer stood.
-- `core.figures_as_of(day)` of the published file asks this view.
select
    split_part(figure_id, '@', 1) as figure,
    known_from as valid_from,
    known_until as valid_until,
    *
from {{ ref('figures') }}
