-- One row a figure in a comparison, the stated figure first.
with relation_figures as (
    select distinct
        relation_id,
        rule,
        figure_id
    from {{ ref('stg_relations') }}
    where figure_id is not null
    union
    select distinct
        relation_id,
        rule,
        figure_id_high
    from {{ ref('stg_relations') }}
    where figure_id_high is not null
),

own as (
    select
        comparison_id,
        stated_figure_id as figure_id,
        0 as place
    from {{ ref('int_comparisons') }}
    union all
    select
        comparison_id,
        upper_figure_id,
        1
    from {{ ref('int_comparisons') }}
    where upper_figure_id is not null
    union all
    select
        comparison_id,
        lower_figure_id,
        2
    from {{ ref('int_comparisons') }}
    where lower_figure_id is not null
    union all
    select
        comparisons.comparison_id,
        relation_figures.figure_id,
        3
    from {{ ref('int_comparisons') }} as comparisons
    inner join relation_figures
        on
            comparisons.comparison_id = concat(relation_figures.rule, ':', relation_figures.relation_id)
            and comparisons.rule in ('sum', 'product', 'bounds')
)

select
    own.comparison_id,
    own.figure_id,
    min(own.place) as place,
    max(figures.source_id) as source_id,
    max(figures.line) as line,
    max(figures.printed) as printed
from own
inner join {{ ref('int_figures__comparable') }} as figures
    on own.figure_id = figures.figure_id
group by own.comparison_id, own.figure_id
