-- The proposed ties as comparisons, without those that a person has tied or that equal keys tie already.
with proposed as (
    select * from {{ ref('int_proposed__clusters') }}
    union all
    select * from {{ ref('int_proposed__parts') }}
    union all
    select * from {{ ref('int_proposed__conflicts') }}
),

members as (
    select distinct
        relation_id,
        figure_id
    from {{ ref('stg_relations') }}
    where figure_id is not null
),

tied as (
    select distinct
        proposed.stated_figure_id,
        proposed.other_figure_id
    from proposed
    inner join members as one on proposed.stated_figure_id = one.figure_id
    inner join members as other on proposed.other_figure_id = other.figure_id and one.relation_id = other.relation_id
    union
    select
        stated_figure_id,
        other_figure_id
    from {{ ref('int_comparisons__equals') }}
    union
    select
        other_figure_id,
        stated_figure_id
    from {{ ref('int_comparisons__equals') }}
    union
    select
        stated_figure_id,
        other_figure_id
    from {{ ref('int_comparisons__sources') }}
    union
    select
        other_figure_id,
        stated_figure_id
    from {{ ref('int_comparisons__sources') }}
),

open_pairs as (
    select
        proposed.*,
        row_number() over (
            partition by
                least(proposed.stated_figure_id, proposed.other_figure_id),
                greatest(proposed.stated_figure_id, proposed.other_figure_id)
            order by proposed.found_by desc
        ) as copy
    from proposed
    left join tied
        on proposed.stated_figure_id = tied.stated_figure_id and proposed.other_figure_id = tied.other_figure_id
    where tied.stated_figure_id is null
),

valued as (
    select
        *,
        case when {{ is_money('unit_kind') }} then coalesce(usd_per_unit, 1.0) else 1.0 end as rate
    from {{ ref('int_figures__comparable') }}
),

-- amounts meet in dollars; numbers that are said to be one are compared as they are printed
rated as (
    select
        open_pairs.*,
        case
            when open_pairs.rule = 'field_conflict' then 1.0
            else coalesce(other.rate / nullif(stated.rate, 0), 1.0)
        end as rate
    from open_pairs
    inner join valued as stated on open_pairs.stated_figure_id = stated.figure_id
    inner join valued as other on open_pairs.other_figure_id = other.figure_id
)

select
    concat(open_pairs.rule, ':', open_pairs.stated_figure_id, '~', open_pairs.other_figure_id) as comparison_id,
    open_pairs.rule,
    open_pairs.found_by,
    stated.source_id,
    case when other.source_id <> stated.source_id then other.source_id end as other_source_id,
    open_pairs.stated_figure_id,
    open_pairs.other_figure_id,
    stated.indicator,
    stated.unit as stated_unit,
    {{ rate_or_usual('stated.fx_rate, other.fx_rate') }} as fx,
    stated.x as s,
    stated.x_low as s_low,
    stated.x_high as s_high,
    other.x * open_pairs.rate as e,
    case
        when open_pairs.rule = 'part_exceeds_whole' then -1e150
        else other.x_low * open_pairs.rate
            * (1 - case when stated.currency <> other.currency then {{ var('fx_tolerance') }} else 0 end)
    end as e_low,
    other.x_high * open_pairs.rate
    * (1 + case when stated.currency <> other.currency then {{ var('fx_tolerance') }} else 0 end) as e_high,
    open_pairs.why_not
from rated as open_pairs
inner join valued as stated on open_pairs.stated_figure_id = stated.figure_id
inner join valued as other on open_pairs.other_figure_id = other.figure_id
where open_pairs.copy = 1
