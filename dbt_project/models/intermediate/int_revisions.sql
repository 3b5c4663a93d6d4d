-- revision: what a dataset's publisher changed from one vintage to the next, with the likeliest reason. Grain: one row a
-- fact and day: a value revised, withdrawn, given again after it was withdrawn, or the same value described otherwise.
-- A row that went away and a row that came on that day with all its values are probably one thing under two names.
with facts as (
    select
        figure_id,
        split_part(figure_id, '@', 1) as figure,
        split_part(split_part(figure_id, '@', 1), '.', 1) as row_name,
        split_part(split_part(figure_id, '@', 1), '.', 2) as column_name,
        source_id,
        indicator,
        entity,
        unit,
        basis,
        period_label,
        printed,
        value,
        -- without the noise of binary fractions
        {{ significant('value', 9) }} as value_text,
        value_low,
        value_high,
        known_from,
        known_until
    from {{ ref('int_figures__converted') }}
    where known_from is not null
),

versions as (
    select
        *,
        lead(figure_id) over later as next_figure_id,
        lead(printed) over later as next_printed,
        lead(value) over later as next_value,
        lead(value_low) over later as next_low,
        lead(value_high) over later as next_high,
        lead(unit) over later as next_unit,
        lead(basis) over later as next_basis,
        lead(period_label) over later as next_period,
        lead(known_from) over later as next_from
    from facts
    window later as (partition by figure order by known_from)
),

-- rows by the first and the last day of anything that is said of them
lives as (
    select
        source_id,
        row_name,
        any_value(entity) as entity,
        count(*) as n_facts,
        min(known_from) as first_day,
        max(known_until) as last_day,
        count(*) = count(known_until) as has_ended
    from facts
    group by source_id, row_name
),

renamed as (
    select
        gone.source_id,
        gone.row_name,
        min(come.entity) as new_entity
    from lives as gone
    inner join facts as old
        on gone.source_id = old.source_id and gone.row_name = old.row_name and gone.last_day = old.known_until
    inner join facts as new
        on
            old.source_id = new.source_id
            and old.known_until = new.known_from
            and old.column_name = new.column_name
            and old.value_text = new.value_text
    inner join lives as come
        on new.source_id = come.source_id and new.row_name = come.row_name and gone.last_day = come.first_day
    where gone.has_ended and gone.n_facts >= 2
    group by gone.source_id, gone.row_name, gone.n_facts
    -- every value that ended that day, and one new row that has them
    having count(*) = gone.n_facts and count(distinct come.row_name) = 1
),

changes as (
    select
        *,
        case
            when next_from is null or next_from > known_until then 'withdrawn'
            when next_value = value and next_unit = unit then 'redescribed'
            else 'revised'
        end as change_kind,
        known_until as changed_on
    from versions
    where known_until is not null

    union all

    select
        *,
        'returned' as change_kind,
        next_from as changed_on
    from versions
    where known_until is not null and next_from > known_until
),

measured as (
    select
        changes.*,
        renamed.new_entity,
        case when change_kind <> 'withdrawn' and value <> 0 and unit = next_unit then next_value / value end as ratio
    from changes
    left join renamed
        on
            changes.source_id = renamed.source_id
            and changes.row_name = renamed.row_name
            and changes.change_kind = 'withdrawn'
),

sized as (
    select
        *,
        -- the power of ten that is nearest to the ratio
        case when ratio > 0 then round(ln(ratio) / ln(10)) end as tens
    from measured
),

explained as (
    select
        *,
        case
            when new_entity is not null then 'renamed'
            when change_kind = 'withdrawn' then 'withdrawn'
            when coalesce(basis, '') <> coalesce(next_basis, '') then 'basis'
            when coalesce(period_label, '') <> coalesce(next_period, '') then 'as_of'
            when change_kind = 'returned' and ratio = 1 then 'withdrawn'
            when ratio = 1 then 'scope'
            -- within a quarter: a slip that was mended changes the digits as well
            when tens <> 0 and ratio / power(10, tens) between 0.8 and 1.25 then 'scale'
            when indicator = 'chip_performance' and (abs(ratio - 2) < 0.02 or abs(ratio - 0.5) < 0.005) then 'sparsity'
            when abs(ratio - 1) < 0.05 then 'near'
            else 'vintage'
        end as explanation_code
    from sized
)

select
    concat('revision:', figure, '@', cast(changed_on as {{ dbt.type_string() }})) as comparison_id,
    figure,
    source_id,
    indicator,
    entity,
    basis,
    unit,
    change_kind,
    changed_on,
    figure_id as figure_id_before,
    case when change_kind <> 'withdrawn' then next_figure_id end as figure_id_after,
    printed as printed_before,
    case when change_kind <> 'withdrawn' then next_printed end as printed_after,
    known_from as known_from_before,
    value as value_before,
    value_low as low_before,
    value_high as high_before,
    case when change_kind <> 'withdrawn' then next_value end as value_after,
    case when change_kind <> 'withdrawn' then next_low end as low_after,
    case when change_kind <> 'withdrawn' then next_high end as high_after,
    {{ round_off('ratio') }} as ratio,
    explanation_code,
    case explanation_code
        when 'renamed' then concat('the row is gone, and ', new_entity, ' came with the same values: renamed, as it seems.')
        when 'withdrawn' then case when change_kind = 'withdrawn' then 'withdrawn.' else 'withdrawn, and given again.' end
        when 'basis'
            then concat('its basis changed from ', coalesce(basis, 'none'), ' to ', coalesce(next_basis, 'none'), '.')
        when 'as_of'
            then concat(
                    'its period changed from ', coalesce(period_label, 'none'), ' to ', coalesce(next_period, 'none'), '.'
                )
        when 'scope' then 'the same value, described otherwise.'
        when 'scale' then 'a slip of scale, or one that was mended.'
        when 'sparsity' then 'one is twice the other: with and without sparsity.'
        when 'near' then 'less than 5 % apart.'
        else 'another value.'
    end as because
from explained
