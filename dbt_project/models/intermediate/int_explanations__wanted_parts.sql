-- What each part of a disagreeing sum would have to be for the sum to hold.
with disagreeing as (
    select * from {{ ref('int_explanations__disagreeing') }}
),

figures as (
    select * from {{ ref('int_figures__comparable') }}
),

-- one part of a sum: what it would have to be for the sum to hold
wanted_parts as (
    select
        disagreeing.comparison_id,
        terms.x,
        terms.x_low,
        terms.x_high,
        terms.figure_id,
        figures.printed,
        figures.line,
        case when terms.role = 'part' then disagreeing.s_low - (disagreeing.e_high - terms.x_high) else disagreeing.e_low + terms.x_high - disagreeing.s_high end as wanted_low,
        case when terms.role = 'part' then disagreeing.s_high - (disagreeing.e_low - terms.x_low) else disagreeing.e_high + terms.x_low - disagreeing.s_low end as wanted_high
    from disagreeing
    inner join {{ ref('int_relations__terms') }} as terms
        on disagreeing.comparison_id = concat('sum:', terms.relation_id) and terms.role in ('part', 'minus')
    inner join figures
        on terms.figure_id = figures.figure_id
    where disagreeing.rule = 'sum' and disagreeing.e_high < 1e100 and abs(disagreeing.s_low) < 1e100 and abs(disagreeing.s_high) < 1e100
)

select * from wanted_parts
