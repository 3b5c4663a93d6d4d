-- Another size of the same number: a power of ten, a currency, sparsity, a part in another scale, a cut last digit.
with disagreeing as (
    select * from {{ ref('int_explanations__disagreeing') }}
),

wanted_parts as (
    select * from {{ ref('int_explanations__wanted_parts') }}
),

factors as (
    select * from (
        values
        (1e1, 'ten', '10', 3),
        (1e2, 'a hundred', '100', 2),
        (1e3, 'a thousand', '1,000', 1),
        (1e4, 'ten thousand (万)', '1 万', 0),
        (1e6, 'a million', '100 万', 1),
        (1e8, 'a hundred million (亿)', '1 亿', 0)
    ) as t (factor, word, word_zh, rarer)
),

-- the ratio between what is stated and what is expected; for growth and cagr, between the levels
ratios as (
    select
        *,
        case when rule in ('cagr', 'growth') and has_quotient then wanted_low else s_low end as a_low,
        case when rule in ('cagr', 'growth') and has_quotient then wanted_high else s_high end as a_high,
        case when rule in ('cagr', 'growth') and has_quotient then q_low else e_low end as b_low,
        case when rule in ('cagr', 'growth') and has_quotient then q_high else e_high end as b_high
    from disagreeing
    where rule <> 'bounds'
    union all
    -- the decimal point of the rate itself
    select
        *,
        s_low,
        s_high,
        e_low,
        e_high
    from disagreeing
    where rule in ('cagr', 'growth') and has_quotient
),

positive_ratios as (
    select * from ratios
    where
        a_low > 0 and b_low > 0 and a_high < 1e100 and b_high < 1e100
        -- wider intervals meet some factor by chance
        and (a_high / a_low) * (b_high / b_low) < 3
),

scale as (
    select
        positive_ratios.comparison_id,
        {{ because('scale', ['factors.word'], ['factors.word_zh'], further='factors.rarer') }}
    from positive_ratios
    cross join factors
    where
        {{ overlaps('a_low', 'a_high', 'b_low * factor', 'b_high * factor') }}
        or {{ overlaps('a_low * factor', 'a_high * factor', 'b_low', 'b_high') }}
),

currency as (
    select
        comparison_id,
        {{ because('currency', [significant('fx', 4)]) }}
    from positive_ratios
    where
        (a_high / a_low) * (b_high / b_low) < 1.2
        and (upper_unit like 'USD%' or upper_unit like 'CNY%' or lower_unit like 'USD%' or lower_unit like 'CNY%' or stated_unit like 'USD%' or stated_unit like 'CNY%')
        and (
            {{ overlaps('a_low', 'a_high', 'b_low * fx * (1 - ' ~ var('fx_tolerance') ~ ')', 'b_high * fx * (1 + ' ~ var('fx_tolerance') ~ ')') }}
            or {{ overlaps('a_low * fx * (1 - ' ~ var('fx_tolerance') ~ ')', 'a_high * fx * (1 + ' ~ var('fx_tolerance') ~ ')', 'b_low', 'b_high') }}
        )
),

-- peak compute is printed dense or with sparsity, which doubles it
sparsity as (
    select
        comparison_id,
        {{ because('sparsity') }}
    from positive_ratios
    where
        (indicator like 'chip%' or indicator like 'compute%' or indicator = 'energy_efficiency')
        and ({{ overlaps('a_low', 'a_high', 'b_low * 2', 'b_high * 2') }} or {{ overlaps('a_low * 2', 'a_high * 2', 'b_low', 'b_high') }})
),

part_scale as (
    select
        parts.comparison_id,
        {{ because(
            'part_scale',
            ['parts.printed', text_of('parts.line'), 'factors.word'],
            ['parts.printed', text_of('parts.line'), 'factors.word_zh'],
            further='factors.rarer'
        ) }}
    from wanted_parts as parts
    cross join factors
    where
        parts.x_low > 0 and parts.wanted_low > 0
        and (parts.x_high / parts.x_low) * (parts.wanted_high / parts.wanted_low) < 2
        and (
            {{ overlaps('parts.wanted_low', 'parts.wanted_high', 'parts.x_low * factor', 'parts.x_high * factor') }}
            or {{ overlaps('parts.wanted_low * factor', 'parts.wanted_high * factor', 'parts.x_low', 'parts.x_high') }}
        )
),

-- a derived number that is one unit of its last digit off was cut off instead of rounded, or computed from rounded inputs
close_by as (
    select
        comparison_id,
        {{ because('last_digit') }}
    from disagreeing
    where
        rule in ('cagr', 'growth', 'share', 'ratio', 'fold', 'product') and s_high > s_low
        and s_high - s_low < 0.02 * abs(s)
        and {{ overlaps('s_low - (s_high - s_low)', 's_high + (s_high - s_low)', 'e_low', 'e_high') }}
    union all
    select
        comparison_id,
        {{ because_one_of([('abs(gap) < 0.005', 'half_percent'), (none, 'near')]) }}
    from disagreeing
    where abs(gap) < 0.05 and rule <> 'bounds'
)

{{ candidates_of([
    'scale',
    'currency',
    'sparsity',
    'part_scale',
    'close_by',
]) }}
