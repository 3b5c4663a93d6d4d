-- reference: a figure against an outside reference value of the same thing, once against each dataset that has it and
-- once against the typed values. The reference with the same basis counts; where none has it, the one that fits best,
-- and the verdict is then not_comparable.
with figures as (
    select * from {{ ref('int_figures__comparable') }}
    where statistic <> 'rank'
),

reference_values as (
    select
        *,
        case when unit in ('percent', 'pp') then value / 100.0 else value end as x,
        coalesce(basis, '') as basis_key
    from {{ ref('int_reference_values') }}
),

candidates as (
    select
        figures.figure_id as stated_figure_id,
        figures.source_id,
        figures.indicator,
        figures.unit as stated_unit,
        figures.basis_key,
        reference_values.reference_id,
        reference_values.basis_key as reference_basis,
        reference_values.citation,
        {{ rate_or_usual('figures.fx_rate') }} as fx,
        figures.x as s,
        figures.x_low as s_low,
        figures.x_high as s_high,
        reference_values.x as e,
        reference_values.x - abs(reference_values.x) * reference_values.tolerance as e_low,
        reference_values.x + abs(reference_values.x) * reference_values.tolerance as e_high,
        row_number() over (
            partition by figures.figure_id, coalesce(reference_values.dataset_id, '')
            order by
                case
                    when figures.basis_key = reference_values.basis_key then 0
                    when figures.basis_key like concat('%', reference_values.basis_key, '%') then 1
                    when reference_values.basis_key like concat('%', figures.basis_key, '%') then 2
                    else 3
                end,
                abs(ln(greatest(abs(figures.x), 1e-150) / greatest(abs(reference_values.x), 1e-150))),
                reference_values.reference_id
        ) as choice,
        max(
            case when reference_values.dataset_id is not null and figures.basis_key = reference_values.basis_key then 1 else 0 end
        ) over (partition by figures.figure_id) as has_dataset_of_its_basis,
        reference_values.dataset_id
    from figures
    inner join reference_values
        on
            figures.indicator = reference_values.indicator
            and coalesce(figures.entity, '') = coalesce(reference_values.entity, '')
            and coalesce(figures.segment, '') = coalesce(reference_values.segment, '')
            and figures.unit = reference_values.unit
            -- a vendor's value of another basis says nothing about a dataset's figure, which states its basis in full
            and (
                figures.known_from is null
                or figures.basis_key = reference_values.basis_key
            )
            -- a dataset is nobody's judge of itself
            and figures.source_id <> coalesce(reference_values.dataset_id, '')
            and (
                reference_values.dataset_id is null
                or (
                    figures.statistic = reference_values.statistic
                    and coalesce(figures.geography, reference_values.geography, '') = coalesce(reference_values.geography, '')
                    and (
                        reference_values.period_label is null
                        or figures.period_label = reference_values.period_label
                        or (figures.period_label is null and reference_values.is_only_one)
                    )
                )
            )
            and (
                reference_values.entity is not null
                or (
                    coalesce(figures.geography, '') = coalesce(reference_values.geography, '')
                    and figures.period_label = reference_values.period_label
                )
            )
            -- a stated precision is part of the thing: an FP16 figure never meets an FP32 reference
            and (
                coalesce(figures.basis, '') = ''
                or split_part(figures.basis, ';', 1) = split_part(coalesce(reference_values.basis, ''), ';', 1)
                -- a dataset without variants has the thing, and nobody knows which variant it means
                or (reference_values.dataset_id is not null and reference_values.basis is null)
            )
)

{%- set told = [
    'rule', 'found_by', 'source_id', 'stated_figure_id', 'reference_id', 'reference_basis', 'basis_key', 'citation', 'indicator',
    'stated_unit', 'fx', 's', 's_low', 's_high', 'e', 'e_low', 'e_high',
] %}
select
    concat('reference:', stated_figure_id, '~', reference_id) as comparison_id,
    'reference' as rule,
    'series' as found_by,
    {{ told[2:] | join(',\n    ') }}
from candidates
where
    choice = 1
    -- where a dataset has the very thing, typed values of its variants say no more
    and (dataset_id is not null or basis_key = reference_basis or has_dataset_of_its_basis = 0)

union all

select
    comparison_id,
    {{ told | join(',\n    ') }}
from {{ ref('int_comparisons__relative') }}
