-- A rate reckoned another way: other periods, the growth of all years, by for to, the quotient turned round, the rest.
with disagreeing as (
    select * from {{ ref('int_explanations__disagreeing') }}
),

period_offsets as (
    select * from (
        values
        (1), (-1), (2), (-2), (3), (-3)
    ) as t (step)
),

other_periods as (
    {%- set years = [text_of('cast(round(n_years + step) as integer)'), text_of('abs(step)')] %}
    select
        disagreeing.comparison_id,
        {{ because_one_of([('step > 0', 'periods_more', years), (none, 'periods_fewer', years)], further='abs(step)') }}
    from disagreeing
    cross join period_offsets
    where
        rule = 'cagr'
        and q_low > 0
        -- one period is the growth over the whole span
        and n_years + step >= 2
        and {{ overlaps('s_low', 's_high', 'power(q_low, 1.0 / (n_years + step)) - 1', 'power(q_high, 1.0 / (n_years + step)) - 1') }}
),

-- growth over all years printed as a yearly rate, or divided by the years instead of the root taken
total_growth as (
    select
        comparison_id,
        {{ because('total_growth') }}
    from disagreeing
    where rule = 'cagr' and n_years > 1 and {{ overlaps('s_low', 's_high', 'q_low - 1', 'q_high - 1') }}
    union all
    select
        comparison_id,
        {{ because('simple_average') }}
    from disagreeing
    where
        rule = 'cagr' and n_years > 1
        and {{ overlaps('s_low', 's_high', '(q_low - 1) / n_years', '(q_high - 1) / n_years') }}
),

increase_by_or_to as (
    select
        comparison_id,
        {%- set is_ratio = overlaps('s_low', 's_high', 'e_low + 1', 'e_high + 1') %}
        {{ because_one_of([(is_ratio, 'increase_to'), (none, 'increase_by')]) }}
    from disagreeing
    where
        (rule in ('growth', 'fold', 'ratio') or (rule = 'sum' and stated_unit in ('times', 'ratio')))
        and e_high - e_low < 0.5 and s_high - s_low < 0.5
        and ({{ overlaps('s_low', 's_high', 'e_low + 1', 'e_high + 1') }} or {{ overlaps('s_low', 's_high', 'e_low - 1', 'e_high - 1') }})
    union all
    select
        comparison_id,
        {{ because('decrease_to') }}
    from disagreeing
    where
        rule = 'growth' and has_quotient and q_high < 1 and s_low > 0
        and q_high - q_low < 0.1 and {{ overlaps('s_low', 's_high', 'q_low', 'q_high') }}
),

inverse as (
    select
        comparison_id,
        {{ because('inverse') }}
    from disagreeing
    where
        rule in ('share', 'ratio', 'fold')
        and e_low > 0 and s_low > 0 and (s_high / s_low) * (e_high / e_low) < 1.5
        and {{ overlaps('s_low', 's_high', '1 / e_high', '1 / e_low') }}
),

complement as (
    select
        comparison_id,
        {{ because('complement') }}
    from disagreeing
    where
        rule in ('share', 'ratio') and e_high <= 1
        and s_high - s_low < 0.2 * s and e_high - e_low < 0.2 * e_high
        and {{ overlaps('s_low', 's_high', '1 - e_high', '1 - e_low') }}
),

-- share of total in which total is without the part, or part added to the whole
excluded_part as (
    select
        comparison_id,
        {{ because('share_of_rest') }}
    from disagreeing
    where
        rule = 'share' and q_low > 0
        and s_high - s_low < 0.2 * s and q_high - q_low < 0.2 * q_high
        and (
            {{ overlaps('s_low', 's_high', 'q_low / (1 + q_low)', 'q_high / (1 + q_high)') }}
            or (q_high < 1 and {{ overlaps('s_low', 's_high', 'q_low / (1 - q_low)', 'q_high / (1 - q_high)') }})
        )
)

{{ candidates_of([
    'other_periods',
    'total_growth',
    'increase_by_or_to',
    'inverse',
    'complement',
    'excluded_part',
]) }}
