-- Figures of compute that do not say whether they count sparsity, where an outside reference of that value does.
-- What meets a dense and a sparse reference at once tells nothing.
select
    figures.figure_id,
    figures.entity as chip,
    figures.basis,
    min(known.basis) as told_basis
from {{ ref('chip_attribute') }} as figures
inner join {{ ref('int_reference_values') }} as known
    on
        figures.entity = known.entity
        and figures.indicator = known.indicator
        and figures.unit = known.unit
        and known.basis in (concat(figures.basis, '; dense'), concat(figures.basis, '; sparse'))
        and abs(figures.value - known.value) <= known.tolerance * known.value
where figures.statistic = 'level'
group by figures.figure_id, figures.entity, figures.basis
having count(distinct known.basis) = 1
