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
)

select
    comparisons.comparison_id,
    coalesce(ranked.code, case when comparisons.verdict = 'strained' then 'open_bound' else 'unexplained' end) as explanation_code,
    coalesce(
        ranked.because,
        case
            when comparisons.verdict = 'strained' then {{ reason('open_bound', [apart], 'en') }}
            when comparisons.rule = 'cagr' then {{ reason('no_period', years, 'en') }}
            else {{ reason('unexplained', [], 'en') }}
        end
    ) as because,
    coalesce(
        ranked.because_zh,
        case
            when comparisons.verdict = 'strained' then {{ reason('open_bound', [apart], 'zh') }}
            when comparisons.rule = 'cagr' then {{ reason('no_period', years, 'zh') }}
            else {{ reason('unexplained', [], 'zh') }}
        end
    ) as because_zh
from {{ ref('int_comparisons') }} as comparisons
left join ranked
    on comparisons.comparison_id = ranked.comparison_id and ranked.choice = 1
where
    comparisons.verdict in ('disagree', 'strained')
    or (comparisons.verdict = 'not_comparable' and comparisons.why_not is not null)
