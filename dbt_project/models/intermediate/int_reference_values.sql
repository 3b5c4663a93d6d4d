-- What reports are compared with from outside: the current values of datasets, and the typed reference values of things
-- that no dataset says anything about. A dataset's value is named by its figure, which holds the day of its vintage.
with datasets as (
    select
        figures.figure_id as reference_id,
        figures.source_id as dataset_id,
        figures.indicator,
        figures.entity,
        figures.segment,
        figures.geography,
        figures.basis,
        figures.period_label,
        figures.statistic,
        figures.value,
        figures.unit,
        -- a typed value allows a thousandth; a value printed with fewer digits allows what its digits do
        greatest(0.001, coalesce((figures.x_high - figures.x_low) / 2 / nullif(abs(figures.x), 0), 0)) as tolerance,
        concat(
            sources.title, ', ', sources.publisher, ', vintage of ', cast(figures.known_from as {{ dbt.type_string() }})
        ) as citation,
        -- a figure without a period may mean any period of a series: it meets none
        count(*) over (
            partition by
                figures.source_id, figures.indicator, figures.entity, figures.segment, figures.geography, figures.basis,
                figures.unit, figures.statistic
        ) = 1 as is_only_one
    from {{ ref('int_figures__comparable') }} as figures
    inner join {{ ref('stg_sources') }} as sources
        on figures.source_id = sources.source_id and sources.kind = 'dataset'
    where
        figures.preference <> 'deprecated'
        and figures.status in ('actual', 'estimate', 'claim')
        and figures.statistic <> 'rank'
        and (figures.entity is not null or figures.period_label is not null)
),

typed as (
    select reference_values.*
    from {{ ref('reference_values') }} as reference_values
    left join datasets
        on
            reference_values.indicator = datasets.indicator
            and coalesce(reference_values.entity, '') = coalesce(datasets.entity, '')
            and coalesce(reference_values.segment, '') = coalesce(datasets.segment, '')
            and coalesce(reference_values.basis, '') = coalesce(datasets.basis, '')
            and reference_values.unit = datasets.unit
            and (
                reference_values.entity is not null
                or (
                    coalesce(reference_values.geography, '') = coalesce(datasets.geography, '')
                    and reference_values.period_label = datasets.period_label
                )
            )
    where datasets.reference_id is null
)

select
    reference_id,
    dataset_id,
    indicator,
    entity,
    segment,
    geography,
    basis,
    period_label,
    statistic,
    value,
    unit,
    tolerance,
    citation,
    is_only_one
from datasets

union all

select
    reference_id,
    cast(null as {{ dbt.type_string() }}) as dataset_id,
    indicator,
    entity,
    segment,
    geography,
    basis,
    period_label,
    cast(null as {{ dbt.type_string() }}) as statistic,
    value,
    unit,
    tolerance,
    citation,
    true as is_only_one
from typed
