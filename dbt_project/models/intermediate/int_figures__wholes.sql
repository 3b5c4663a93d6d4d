-- What a printed share is a share of, in words, where a tie says so: the figure that it was divided by.
with ties as (
    select
        stated_figure_id as figure_id,
        min(lower_figure_id) as whole_figure_id
    from {{ ref('int_comparisons') }}
    where rule = 'share' and stated_figure_id is not null and lower_figure_id is not null
    group by stated_figure_id
)

select
    ties.figure_id,
    concat_ws(
        ', ', indicators.label_en, wholes.entity, segments.label_en, wholes.basis, geographies.label_en, wholes.period_label
    ) as {{ adapter.quote('whole') }}
from ties
inner join {{ ref('int_figures__comparable') }} as wholes on ties.whole_figure_id = wholes.figure_id
inner join {{ ref('indicators') }} as indicators on wholes.indicator = indicators.indicator
left join {{ ref('segments') }} as segments on wholes.segment = segments.segment
left join {{ ref('geographies') }} as geographies on wholes.geography = geographies.geography
