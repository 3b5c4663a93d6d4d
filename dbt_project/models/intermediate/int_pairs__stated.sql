-- Stated ties with one stated figure and one or two inputs: growth, fold, cagr, share, ratio. One row a tie.
with terms as (
    select * from {{ ref('int_relations__terms') }}
    where rule in ('growth', 'fold', 'cagr', 'share', 'ratio') and not has_missing
)

select
    stated.relation_id,
    stated.rule,
    'stated' as found_by,
    stated.relation_source as source_id,
    stated.figure_id as stated_figure_id,
    upper_term.figure_id as upper_figure_id,
    lower_term.figure_id as lower_figure_id,
    stated.x as s,
    stated.x_low as s_low,
    stated.x_high as s_high,
    upper_term.x as u,
    upper_term.x_low as u_low,
    upper_term.x_high as u_high,
    lower_term.x as l,
    lower_term.x_low as l_low,
    lower_term.x_high as l_high,
    coalesce(
        stated.years,
        nullif(upper_term.last_year - lower_term.last_year, 0),
        stated.last_year - stated.first_year
    ) as n_years,
    stated.unit as stated_unit,
    stated.unit_kind as stated_kind,
    upper_term.unit_kind as input_kind,
    stated.statistic as stated_statistic,
    stated.indicator,
    {{ rate_or_usual('upper_term.fx_rate, lower_term.fx_rate') }} as fx
from terms as stated
inner join terms as upper_term
    on stated.relation_id = upper_term.relation_id and upper_term.role in ('to', 'part', 'numerator')
inner join terms as lower_term
    on stated.relation_id = lower_term.relation_id and lower_term.role in ('from', 'whole', 'denominator')
where stated.role = 'stated'
