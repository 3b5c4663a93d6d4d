-- What a publisher changed from one vintage to the next: values revised, withdrawn and given again. None of them counts
-- against a source.
with versions as (
    select
        figure,
        figure_id,
        source_id,
        indicator,
        entity,
        unit,
        basis,
        value,
        valid_from,
        valid_until,
        lead(figure_id) over (partition by figure order by valid_from) as next_figure_id,
        lead(value) over (partition by figure order by valid_from) as next_value,
        lead(valid_from) over (partition by figure order by valid_from) as next_from
    from {{ ref('figure_versions') }}
),

changes as (
    select
        *,
        case
            when next_from is null or next_from > valid_until then 'withdrawn'
            else 'revised'
        end as {{ adapter.quote('change') }},
        case when next_from = valid_until then valid_until else valid_until end as changed_on,
        case when next_from = valid_until and value <> 0 then next_value / value end as ratio
    from versions
    where valid_until is not null

    union all

    select
        *,
        'returned',
        next_from,
        case when value <> 0 then next_value / value end
    from versions
    where valid_until is not null and next_from > valid_until
)

select
    concat('revision:', figure, '@', cast(changed_on as {{ dbt.type_string() }})) as revision_id,
    figure,
    source_id,
    indicator,
    entity,
    basis,
    unit,
    {{ adapter.quote('change') }},
    changed_on,
    figure_id as figure_id_before,
    case when {{ adapter.quote('change') }} <> 'withdrawn' then next_figure_id end as figure_id_after,
    value as value_before,
    case when {{ adapter.quote('change') }} <> 'withdrawn' then next_value end as value_after,
    {{ round_off('ratio') }} as ratio,
    case
        when {{ adapter.quote('change') }} = 'withdrawn' or ratio is null then 'vintage'
        -- within a quarter: a slip that was mended changes the digits as well
        when ratio between 8 and 12.5 or ratio between 0.08 and 0.125 then 'scale'
        when ratio between 800 and 1250 or ratio between 0.0008 and 0.00125 then 'scale'
        when indicator = 'chip_performance' and (abs(ratio - 2) < 0.02 or abs(ratio - 0.5) < 0.005) then 'sparsity'
        when abs(ratio - 1) < 0.05 then 'near'
        else 'vintage'
    end as explanation_code
from changes
