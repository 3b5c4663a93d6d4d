-- The likeliest explanation of each disagreement; unexplained only after all candidates failed.
with ranked as (
    select
        comparison_id,
        code,
        because,
        row_number() over (partition by comparison_id order by candidate_rank, code, because) as choice
    from {{ ref('int_explanations__candidates') }}
)

select
    comparisons.comparison_id,
    coalesce(ranked.code, case when comparisons.verdict = 'strained' then 'open_bound' else 'unexplained' end) as explanation_code,
    coalesce(
        ranked.because,
        case
            when comparisons.verdict = 'strained'
                then concat(
                        'it holds only because a bound is open: the printed numbers lie ',
                        {{ significant('100 * abs(comparisons.s - comparisons.e) / greatest(abs(comparisons.s), abs(comparisons.e))', 2) }},
                        ' % apart.'
                    )
            when comparisons.rule = 'cagr'
                then concat(
                        'it fits no number of periods from ', cast(cast(round(greatest(1, comparisons.n_years - 3)) as integer) as {{ dbt.type_string() }}),
                        ' to ', cast(cast(round(comparisons.n_years + 3) as integer) as {{ dbt.type_string() }}), '.'
                    )
            else 'no candidate fits.'
        end
    ) as because
from {{ ref('int_comparisons') }} as comparisons
left join ranked
    on comparisons.comparison_id = ranked.comparison_id and ranked.choice = 1
where
    comparisons.verdict in ('disagree', 'strained')
    or (comparisons.verdict = 'not_comparable' and comparisons.why_not is not null)
