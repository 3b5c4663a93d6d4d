-- One row a figure of a comparison that a stated tie of several terms makes (sum, mean, product, bounds), the stated figure
-- first. The figures of all other comparisons stand in int_comparisons itself.
with relation_figures as (
    select
        relation_id,
        rule,
        figure_id
    from {{ ref('stg_relations') }}
    where rule in ('sum', 'mean', 'product', 'bounds') and figure_id is not null
    union
    select
        relation_id,
        rule,
        figure_id_high
    from {{ ref('stg_relations') }}
    where rule in ('sum', 'mean', 'product', 'bounds') and figure_id_high is not null
),

members as (
    select
        comparisons.comparison_id,
        comparisons.stated_figure_id,
        relation_figures.figure_id
    from {{ ref('int_comparisons') }} as comparisons
    inner join relation_figures
        on comparisons.comparison_id = concat(relation_figures.rule, ':', relation_figures.relation_id)
    where comparisons.rule in ('sum', 'mean', 'product', 'bounds')
),

own as (
    select
        comparison_id,
        figure_id,
        case when figure_id = stated_figure_id then 0 else 1 end as place
    from members
    union
    -- a tie may leave its stated figure out of its terms
    select
        comparison_id,
        stated_figure_id,
        0
    from members
    where stated_figure_id is not null
)

select
    own.comparison_id,
    own.figure_id,
    own.place,
    figures.source_id
from own
inner join {{ ref('int_figures__comparable') }} as figures
    on own.figure_id = figures.figure_id
