-- Every segment with what it is a part of, up to four steps away: a segment may have several parents.
with steps as (
    select
        child.segment,
        parent.segment as ancestor
    from {{ ref('segments') }} as child
    inner join {{ ref('segments') }} as parent
        on concat('|', child.parent, '|') like concat('%|', parent.segment, '|%')
    where child.parent is not null
),

second_steps as (
    select distinct
        one.segment,
        two.ancestor
    from steps as one
    inner join steps as two on one.ancestor = two.segment
),

-- two steps twice
all_steps as (
    select
        segment,
        ancestor,
        1 as distance
    from steps
    union all
    select
        segment,
        ancestor,
        2
    from second_steps
    union all
    select
        one.segment,
        two.ancestor,
        3
    from steps as one
    inner join second_steps as two on one.ancestor = two.segment
    union all
    select
        one.segment,
        two.ancestor,
        4
    from second_steps as one
    inner join second_steps as two on one.ancestor = two.segment
)

select
    segment,
    ancestor,
    min(distance) as distance
from all_steps
where segment <> ancestor
group by segment, ancestor
