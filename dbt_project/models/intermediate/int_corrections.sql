-- One row a figure that a correction concerns: the value in its canonical unit, and whether every decision about it holds.
select
    corrected_figure as figure_id,
    min(corrected_value) as corrected_value,
    min(case when holds then 1 else 0 end) = 1 and min(corrected_value) = max(corrected_value) as holds
from {{ ref('decision_guards') }}
where corrected_figure is not null
group by corrected_figure
