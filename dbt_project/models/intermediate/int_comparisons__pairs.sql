-- growth, fold, cagr, share, ratio: what the inputs give, beside what is stated.
-- A tie that both the text and equal keys find is that of the keys.
with pairs as (
    select stated.*
    from {{ ref('int_pairs__stated') }} as stated
    left join {{ ref('int_pairs__series') }} as series
        on
            {{ is_found('stated.relation_id') }}
            and stated.rule = series.rule
            and stated.stated_figure_id = series.stated_figure_id
            and stated.upper_figure_id = series.upper_figure_id
            and stated.lower_figure_id = series.lower_figure_id
    where series.relation_id is null
    union all
    select * from {{ ref('int_pairs__series') }}
),

quotients as (
    select
        *,
        u / nullif(l, 0) as q,
        {{ quotient_low('u', 'l') }} as q_low,
        {{ quotient_high('u', 'l') }} as q_high,
        -- "rose by 0.2 percentage points", "rose by 200 million": stated in the unit of the levels
        stated_unit = 'pp' or (stated_kind = input_kind and stated_kind not in ('percent', 'ratio', 'times')) as is_difference
    from pairs
),

expected as (
    select
        *,
        case
            when rule = 'growth' and is_difference then u - l
            when rule = 'growth' then (u - l) / nullif(abs(l), 0)
            when rule = 'cagr' and q > 0 then power(q, 1.0 / n_years) - 1
            when rule in ('fold', 'share', 'ratio') then q
        end as e,
        case
            when rule = 'growth' and is_difference then u_low - l_high
            when rule = 'growth' and l_low > 0 then q_low - 1
            -- from a loss: the change is measured against the size of the loss
            when rule = 'growth' and l_high < 0 then 1 - q_high
            when rule = 'cagr' and q_low >= 0 then power(q_low, 1.0 / n_years) - 1
            when rule in ('fold', 'share', 'ratio') then q_low
        end as e_low,
        case
            when rule = 'growth' and is_difference then u_high - l_low
            when rule = 'growth' and l_low > 0 then q_high - 1
            when rule = 'growth' and l_high < 0 then 1 - q_low
            when rule = 'cagr' and q_low >= 0 then power(q_high, 1.0 / n_years) - 1
            when rule in ('fold', 'share', 'ratio') then q_high
        end as e_high
    from quotients
)

select
    concat(rule, ':', relation_id) as comparison_id,
    rule,
    found_by,
    source_id,
    stated_figure_id,
    upper_figure_id,
    lower_figure_id,
    indicator,
    stated_unit,
    n_years,
    fx,
    q,
    q_low,
    q_high,
    -- reports print a fall without its sign ("prices fell 97 %"): a stated change is then the size of the fall
    s,
    s_low,
    s_high,
    case when falls then -e else e end as e,
    case when falls then -e_high else e_low end as e_low,
    case when falls then -e_low else e_high end as e_high
from (
    select
        *,
        rule in ('growth', 'cagr') and s > 0 and e < 0 and stated_statistic = 'change' as falls
    from expected
) as signed
