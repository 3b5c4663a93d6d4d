-- unit_basis: a unit that a figure cannot have. Integer operations are no FLOPS and floating-point operations no OPS; a
-- level has the dimension of its indicator; what is relative (growth, share, ratio, change) may also be in percent or
-- times. What names both number formats, or none, says nothing.
with dimensions as (
    select
        unit,
        min(dimension) as unit_dimension
    from {{ ref('units') }}
    group by unit
),

figures as (
    select
        figures.*,
        dimensions.unit_dimension,
        {{ names_format('figures.basis_key', 'integer') }} as is_integer,
        {{ names_format('figures.basis_key', 'floating') }} as is_floating
    from {{ ref('int_figures__comparable') }} as figures
    inner join dimensions on figures.unit = dimensions.unit
    where coalesce(figures.statistic, '') <> 'rank'  -- a candidate may have none: it has a unit all the same
),

judged as (
    select
        *,
        case
            when (is_integer and not is_floating and unit in ('FLOPS', 'FLOPS/W')) or (is_floating and not is_integer and unit in ('OPS', 'OPS/W'))
                then concat('the unit does not fit: ', unit, ' for the basis ', basis_key)
            when
                dimension <> 'any' and dimension <> unit_dimension
                and not (coalesce(statistic, '') <> 'level' and unit_dimension in ('percent', 'ratio', 'multiple'))
                then concat('the unit does not fit: ', unit, ' for the indicator ', indicator)
        end as why_not
    from figures
)

select
    concat('unit_basis:', figure_id) as comparison_id,
    'unit_basis' as rule,
    'series' as found_by,
    source_id,
    figure_id as stated_figure_id,
    indicator,
    unit as stated_unit,
    {{ rate_or_usual('fx_rate') }} as fx,
    x as s,
    x_low as s_low,
    x_high as s_high,
    cast(null as double) as e,
    cast(null as double) as e_low,
    cast(null as double) as e_high,
    why_not
from judged
where why_not is not null
