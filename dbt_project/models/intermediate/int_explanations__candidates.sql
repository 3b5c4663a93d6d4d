-- What could explain a disagreement: every candidate that fits inside the printed intervals, with its rank.
-- Lower ranks are likelier; a candidate that changes less stands before one that changes more. A candidate must also be
-- unlikely to fit by chance: where the printed intervals are wide, anything fits and nothing is explained.
-- Every join is by key (comparison, series, line), so that the search is linear in the number of disagreements.
{% for family in ['kind', 'rate', 'size', 'other_figure', 'misprint'] %}
    select
        comparison_id,
        code,
        candidate_rank,
        because,
        because_zh
    from {{ ref('int_explanations__' ~ family) }}
    {% if not loop.last %}union all{% endif %}
{% endfor %}
