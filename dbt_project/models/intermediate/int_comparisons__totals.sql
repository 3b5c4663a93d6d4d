-- sum, mean, product and bounds: many inputs, one stated figure (or one limit). Sums and shares of one whole say how much of
-- it their parts cover: a part under a wrong label shows there even where the parts need not be complete.
with terms as (
    select * from {{ ref('int_relations__terms') }}
    where rule in ('sum', 'mean', 'product', 'bounds') and not has_missing
),

sums as (
    select
        relation_id,
        max(rule) as rule,
        max(relation_source) as source_id,
        max(covers) as covers,
        -- the mean is the sum over how many there are
        case when max(rule) = 'mean' then greatest(1, count(case when role = 'part' then 1 end)) else 1 end as n,
        -- null when the whole is a constant (100 %)
        max(case when role = 'stated' then figure_id end) as stated_figure_id,
        coalesce(max(case when role = 'stated' then indicator end), min(indicator)) as indicator,
        coalesce(max(case when role = 'stated' then unit end), min(unit)) as stated_unit,
        max(case when role = 'stated' then x end) as s,
        max(case when role = 'stated' then x_low end) as s_low,
        max(case when role = 'stated' then x_high end) as s_high,
        {{ ordered_sum("case role when 'part' then x when 'minus' then -x end", "figure_id") }} as e,
        {{ ordered_sum("case role when 'part' then x_low when 'minus' then -x_high end", "figure_id") }} as e_low,
        {{ ordered_sum("case role when 'part' then x_high when 'minus' then -x_low end", "figure_id") }} as e_high,
        max({{ rate_or_usual('fx_rate') }}) as fx
    from terms
    where rule in ('sum', 'mean')
    group by relation_id
),

products as (
    select
        relation_id,
        max(relation_source) as source_id,
        max(case when role = 'stated' then figure_id end) as stated_figure_id,
        max(case when role = 'stated' then indicator end) as indicator,
        max(case when role = 'stated' then unit end) as stated_unit,
        max(case when role = 'stated' then x end) as s,
        max(case when role = 'stated' then x_low end) as s_low,
        max(case when role = 'stated' then x_high end) as s_high,
        -- chains multiply sizes; the sign is counted apart
        exp({{ ordered_sum("case role when 'factor' then ln(nullif(abs(x), 0)) when 'divisor' then -ln(nullif(abs(x), 0)) else 0 end", "figure_id") }})
        * power(-1, sum(case when role <> 'stated' and x < 0 then 1 else 0 end)) as e,
        exp({{ ordered_sum("case role when 'factor' then ln(nullif(least(abs(x_low), abs(x_high)), 0)) when 'divisor' then -ln(nullif(greatest(abs(x_low), abs(x_high)), 0)) else 0 end", "figure_id") }}) as size_low,
        exp({{ ordered_sum("case role when 'factor' then ln(nullif(greatest(abs(x_low), abs(x_high)), 0)) when 'divisor' then -ln(nullif(least(abs(x_low), abs(x_high)), 0)) else 0 end", "figure_id") }}) as size_high,
        mod(sum(case when role <> 'stated' and x < 0 then 1 else 0 end), 2) = 1 as is_negative,
        max({{ rate_or_usual('fx_rate') }}) as fx
    from terms
    where rule = 'product'
    group by relation_id
    -- an input that may be zero has no logarithm (older DuckDBs raise, whatever `having` says) and bounds nothing
    having min(case when role = 'stated' then 1 when x_low * x_high > 0 then 1 else 0 end) = 1
),

bounds as (
    select
        relation_id,
        max(relation_source) as source_id,
        min(figure_id) as stated_figure_id,
        max(indicator) as indicator,
        max(unit) as stated_unit,
        {{ ordered_sum("x", "figure_id") }} as s,
        {{ ordered_sum("x_low", "figure_id") }} as s_low,
        {{ ordered_sum("x_high", "figure_id") }} as s_high,
        {{ rate_or_usual() }} as fx
    from terms
    where rule = 'bounds'
    group by relation_id
)

select
    concat(rule, ':', relation_id) as comparison_id,
    rule,
    source_id,
    stated_figure_id,
    indicator,
    stated_unit,
    fx,
    s,
    s_low,
    s_high,
    -- binary noise of the addition is no difference: 15 digits
    {{ round_off('e / n') }} as e,
    {{ round_off('e_low / n') }} as e_low,
    -- parts that do not cover the whole only bound it from below; a stated coverage (0.9) bounds it from above as well
    case
        when covers = 'part' then 1e150
        else {{ round_off('e_high / n / coalesce(try_cast(covers as double), 1.0)') }}
    end as e_high,
    case when rule = 'sum' then {{ round_off('e / nullif(s, 0)') }} end as covered
from sums

union all

select
    concat('product:', relation_id) as comparison_id,
    'product' as rule,
    source_id,
    stated_figure_id,
    indicator,
    stated_unit,
    fx,
    s,
    s_low,
    s_high,
    {{ round_off('e') }} as e,
    {{ round_off('case when is_negative then -size_high else size_low end') }} as e_low,
    {{ round_off('case when is_negative then -size_low else size_high end') }} as e_high,
    cast(null as double) as covered
from products

union all

select
    concat('bounds:', relation_id) as comparison_id,
    'bounds' as rule,
    source_id,
    stated_figure_id,
    indicator,
    stated_unit,
    fx,
    s,
    s_low,
    s_high,
    1.0 as e,
    0.0 as e_low,
    1.0 as e_high,
    s as covered
from bounds
