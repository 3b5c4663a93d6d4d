-- Which prints say one statement: prints of a report tied as repeats that agree, about one thing at one time (what one
-- of them leaves out counts for nothing). "Over 5" twice could not disagree, and is one statement where the two numbers
-- are equal. The high end of a range goes with its low end, where it is the same number. The statement has the id of its
-- first.
with ties as (
    select
        comparison_id,
        figure_ids
    from {{ ref('comparisons') }}
    where rule in ('repeat', 'text_vs_table') and scope = 'within_source'
        and (verdict = 'agree' or (verdict = 'undetermined' and stated = expected))
        and {{ length_of('figure_ids') }} = 2
),

ends as (
    select
        comparison_id,
        {{ each_of('figure_ids') }} as figure_id
    from ties
),

prints as (
    select
        figure_id,
        unit,
        indicator,
        statistic,
        entity,
        segment,
        geography,
        period_label,
        basis,
        value,
        concat(lpad(cast(line as {{ dbt.type_string() }}), 9, '0'), ' ', figure_id) as place
    from {{ ref('int_figures__converted') }}
),

neighbours as (
    select distinct
        ends.figure_id,
        other_print.place
    from ends
    inner join ends as other_end on ends.comparison_id = other_end.comparison_id
    inner join prints as own_print on ends.figure_id = own_print.figure_id
    inner join prints as other_print on other_end.figure_id = other_print.figure_id
    where
        own_print.unit = other_print.unit
        and own_print.indicator = other_print.indicator
        and own_print.statistic = other_print.statistic
        and coalesce(own_print.entity, other_print.entity, '') = coalesce(other_print.entity, own_print.entity, '')
        and coalesce(own_print.segment, other_print.segment, '') = coalesce(other_print.segment, own_print.segment, '')
        and coalesce(own_print.geography, other_print.geography, '') = coalesce(other_print.geography, own_print.geography, '')
        and coalesce(own_print.period_label, other_print.period_label, '') = coalesce(other_print.period_label, own_print.period_label, '')
        and coalesce(own_print.basis, other_print.basis, '') = coalesce(other_print.basis, own_print.basis, '')
),

-- three steps reach the first print of a chain; repeats are tied to it or to the print before
first_step as (
    select
        figure_id,
        min(place) as place
    from neighbours
    group by figure_id
),

second_step as (
    select
        neighbours.figure_id,
        min(first_step.place) as place
    from neighbours
    inner join prints on neighbours.place = prints.place
    inner join first_step on prints.figure_id = first_step.figure_id
    group by neighbours.figure_id
),

third_step as (
    select
        neighbours.figure_id,
        min(second_step.place) as place
    from neighbours
    inner join prints on neighbours.place = prints.place
    inner join second_step on prints.figure_id = second_step.figure_id
    group by neighbours.figure_id
),

firsts as (
    select
        prints.figure_id,
        prints.value,
        coalesce(substr(third_step.place, 11), prints.figure_id) as statement_id
    from prints
    left join third_step on prints.figure_id = third_step.figure_id
)

select
    firsts.figure_id,
    coalesce(same_end.figure_id, firsts.statement_id) as statement_id
from firsts
left join firsts as low_end
    on
        firsts.figure_id like '%:high'
        and low_end.figure_id = replace(firsts.figure_id, ':high', ':low')
        and low_end.statement_id like '%:low'
left join firsts as same_end
    on same_end.figure_id = replace(low_end.statement_id, ':low', ':high') and firsts.value = same_end.value
