-- One number printed for two things where only one can be meant: for two times that exclude each other, as a level and
-- as a change, in two rows of a table that measure different things. Candidates, as the other proposals.
with figures as (
    select *
    from {{ ref('int_proposed__figures') }}
    where entity is not null or segment is not null
),

keyed as (
    select
        *,
        concat_ws(
            '~', source_id, indicator, unit, coalesce(counted, ''), outlook, entity_key, segment_key, geography_key,
            scope_key, cast(x as {{ dbt.type_string() }})
        ) as same_number
    from figures
),

numbers as (
    select
        *,
        count(*) over (partition by same_number) as n
    from keyed
),

-- a flat series prints one number for many years: three places and more say nothing
met as (
    select
        again.figure_id as stated_figure_id,
        first_print.figure_id as other_figure_id,
        case
            when first_print.statistic <> again.statistic
                then concat('the statistic differs: ', first_print.statistic, ' against ', again.statistic)
            else concat('the dates differ: ', first_print.period_key, ' against ', again.period_key)
        end as why_not
    from numbers as first_print
    inner join numbers as again on first_print.same_number = again.same_number and first_print.line < again.line
    where
        first_print.n = 2
        and not coalesce(first_print.table_id = again.table_id, false)
        and (
            (
                first_print.statistic = again.statistic
                and (first_print.period_end < again.period_start or again.period_end < first_print.period_start)
                -- what happened may well repeat itself; what is foretold has one year
                and again.outlook = 'ahead'
            )
            or (
                first_print.statistic <> again.statistic
                and first_print.period_key = again.period_key
                and again.statistic in ('ratio', 'change', 'yoy', 'share')
                and first_print.statistic in ('ratio', 'change', 'yoy', 'share')
            )
        )
),

cells as (
    select
        figure_id,
        source_id,
        table_id,
        row_key,
        column_key,
        printed,
        indicator,
        statistic,
        line
    from {{ ref('int_figures__comparable') }}
    where
        table_id is not null
        -- three digits at least: "1.0" stands in many rows
        and length(translate(printed, '.,-% ', '')) >= 3
),

equal_cells as (
    select
        one.source_id,
        one.table_id,
        one.row_key,
        other.row_key as other_row_key,
        one.column_key,
        one.figure_id,
        other.figure_id as other_figure_id,
        count(*) over (partition by one.source_id, one.table_id, one.row_key, other.row_key) as n,
        row_number() over (
            partition by one.source_id, one.table_id, one.row_key, other.row_key
            order by one.column_key
        ) as place
    from cells as one
    inner join cells as other
        on
            one.source_id = other.source_id
            and one.table_id = other.table_id
            and one.column_key = other.column_key
            and one.printed = other.printed
            and one.line < other.line
            and (one.indicator <> other.indicator or one.statistic <> other.statistic)
)

select
    stated_figure_id,
    other_figure_id,
    'field_conflict' as rule,
    'cluster' as found_by,
    why_not
from met
union all
select
    other_figure_id,
    figure_id,
    'field_conflict',
    'table',
    concat('the row repeats ', cast(n as {{ dbt.type_string() }}), ' numbers of a row that measures something else')
from equal_cells
where place = 1 and n >= 3
