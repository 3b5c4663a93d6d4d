-- The likeliest explanation of each disagreement; unexplained only after all candidates failed.
{%- set apart = significant('100 * abs(comparisons.s - comparisons.e) / greatest(abs(comparisons.s), abs(comparisons.e))', 2) %}
{%- set years = [
    text_of('cast(round(greatest(1, comparisons.n_years - 3)) as integer)'),
    text_of('cast(round(comparisons.n_years + 3) as integer)'),
] %}
with ranked as (
    select
        comparison_id,
        code,
        because,
        because_zh,
        row_number() over (partition by comparison_id order by candidate_rank, code, because) as choice
    from {{ ref('int_explanations__candidates') }}
),

otherwise as (
    select
        comparison_id,
        {{ because_one_of([
            ("verdict = 'strained'", 'open_bound', [apart]),
            ("rule = 'cagr'", 'no_period', years),
            (none, 'unexplained'),
        ]) }}
    from {{ ref('int_comparisons') }} as comparisons
    where verdict in ('disagree', 'strained') or (verdict = 'not_comparable' and why_not is not null)
)

select
    otherwise.comparison_id,
    coalesce(ranked.code, otherwise.code) as explanation_code,
    coalesce(ranked.because, otherwise.because) as because,
    coalesce(ranked.because_zh, otherwise.because_zh) as because_zh
from otherwise
left join ranked
    on otherwise.comparison_id = ranked.comparison_id and ranked.choice = 1
