-- Editions of one series and period side by side: what was believed from which day on until the next report said
-- something. `where known_from <= D and (known_until is null or D < known_until)` is the belief on day D.
with figures as (
    select
        comparable.*,
        sources.vintage_on,
        sources.position
    from {{ ref('int_figures__comparable') }} as comparable
    inner join {{ ref('stg_sources') }} as sources on comparable.source_id = sources.source_id
    where comparable.period_label is not null and comparable.preference <> 'deprecated'
),

one_a_source as (
    select *
    from (
        select
            *,
            row_number() over (
                partition by source_id, subject, basis_key, period_label, statistic
                order by case preference when 'preferred' then 0 else 1 end, line, figure_id
            ) as choice
        from figures
    ) as ranked
    where choice = 1
)

select
    figure_id,
    source_id,
    concat_ws('|', subject, basis_key, statistic) as series,
    indicator,
    period_label,
    status,
    value,
    unit,
    vintage_on as known_from,
    lead(vintage_on) over (
        partition by subject, basis_key, period_label, statistic
        order by vintage_on nulls last, position
    ) as known_until,
    cast(row_number() over (
        partition by subject, basis_key, period_label, statistic
        order by vintage_on nulls last, position
    ) as integer) as edition
from one_a_source
