-- A slip of the hand: a number copied into the wrong place, a digit, two statements exchanged, digits that it has not.
with disagreeing as (
    select * from {{ ref('int_explanations__disagreeing') }}
),

figures as (
    select * from {{ ref('int_figures__comparable') }}
),

wanted_inputs as (
    select * from {{ ref('int_explanations__wanted_inputs') }}
),

wanted_parts as (
    select * from {{ ref('int_explanations__wanted_parts') }}
),

-- a figure that another statement of its own report confirms is no misprint (another report may have copied it)
confirmed as (
    select stated_figure_id as figure_id from {{ ref('int_comparisons') }}
    where verdict = 'agree' and rule not in ('bounds', 'part_exceeds_whole', 'cross_source')
    union
    select upper_figure_id from {{ ref('int_comparisons') }}
    where verdict = 'agree' and rule not in ('bounds', 'part_exceeds_whole', 'cross_source')
    union
    select lower_figure_id from {{ ref('int_comparisons') }}
    where verdict = 'agree' and rule not in ('bounds', 'part_exceeds_whole', 'cross_source')
    union
    select terms.figure_id
    from {{ ref('int_comparisons') }} as holding
    inner join {{ ref('int_relations__terms') }} as terms
        on holding.comparison_id = concat(terms.rule, ':', terms.relation_id)
    where holding.verdict = 'agree' and holding.rule in ('sum', 'product')
),

-- one digit mistaken, or two neighbours exchanged: what each number in the statement would have to be instead
numbers as (
    select
        comparison_id,
        stated_printed as printed,
        stated_line as line,
        stated_figure_id as figure_id,
        s as x,
        s_high - s_low as width,
        e_low as wanted_low,
        e_high as wanted_high,
        false as is_input
    from disagreeing
    where rule <> 'bounds' and rule <> 'part_exceeds_whole' and rule <> 'currency_pair'
    union all
    -- of two prints either may be wrong
    select
        comparison_id,
        upper_printed,
        upper_line,
        upper_figure_id,
        e,
        e_high - e_low,
        s_low,
        s_high,
        false
    from disagreeing
    where rule in ('repeat', 'text_vs_table', 'cross_source')
    union all
    select
        wanted.comparison_id,
        case when wanted.slot = 'upper' then disagreeing.upper_printed else disagreeing.lower_printed end,
        case when wanted.slot = 'upper' then disagreeing.upper_line else disagreeing.lower_line end,
        case when wanted.slot = 'upper' then disagreeing.upper_figure_id else disagreeing.lower_figure_id end,
        case when wanted.slot = 'upper' then disagreeing.upper_x else disagreeing.lower_x end,
        case when wanted.slot = 'upper' then disagreeing.upper_high - disagreeing.upper_low else disagreeing.lower_high - disagreeing.lower_low end,
        wanted.x_low,
        wanted.x_high,
        true
    from wanted_inputs as wanted
    inner join disagreeing
        on wanted.comparison_id = disagreeing.comparison_id
    union all
    select
        comparison_id,
        printed,
        line,
        figure_id,
        x,
        x_high - x_low,
        wanted_low,
        wanted_high,
        true
    from wanted_parts
),

digits as (
    select
        numbers.*,
        {{ digits_of('printed') }} as digits
    from numbers
    left join confirmed
        on numbers.figure_id = confirmed.figure_id and numbers.is_input
    where confirmed.figure_id is null and printed not like '%-%' and printed not like '%/%' and printed not like '%至%' and x <> 0 and width < 1e100
),

places as (
    select * from (
        values
        (1), (2), (3), (4), (5), (6), (7), (8), (9)
    ) as t (place)
),

readable_digits as (
    select
        *,
        x / try_cast(digits as double) as unit_value
    from digits
    where
        length(trim(leading '0' from replace(digits, '.', ''))) between case when is_input then 4 else 3 end and 7
        and try_cast(digits as double) > 0
),

-- of the ten digits that may stand at a place, only the one that comes nearest to what is wanted is tried
replacements as (
    select
        numbers.*,
        places.place,
        case
            when place <= length(split_part(digits, '.', 1)) then power(10, length(split_part(digits, '.', 1)) - place)
            else power(10, length(split_part(digits, '.', 1)) + 1 - place)
        end as place_value,
        try_cast(substr(digits, place, 1) as integer) as digit
    from readable_digits as numbers
    inner join places
        on places.place <= length(numbers.digits)
    where
        substr(digits, place, 1) between '0' and '9'
        and abs(wanted_low) < 1e100 and abs(wanted_high) < 1e100
),

ciphers as (
    select
        *,
        digit + round(((wanted_low + wanted_high) / 2 - x) / (unit_value * place_value)) as cipher
    from replacements
),

misprints as (
    select
        comparison_id,
        is_input,
        digits,
        line,
        width,
        wanted_low,
        wanted_high,
        unit_value,
        concat(
            substr(digits, 1, place - 1), cast(try_cast(cipher as integer) as {{ dbt.type_string() }}), substr(digits, place + 1)
        ) as variant,
        -- neighbouring variants are one place value apart; what is wanted must be much narrower
        place_value / 5.0 as spacing
    from ciphers
    where cipher between 0 and 9 and cipher <> digit
    union all
    select
        numbers.comparison_id,
        numbers.is_input,
        numbers.digits,
        numbers.line,
        numbers.width,
        numbers.wanted_low,
        numbers.wanted_high,
        numbers.unit_value,
        concat(substr(digits, 1, place - 1), substr(digits, place + 1, 1), substr(digits, place, 1), substr(digits, place + 2)) as variant,
        abs(
            try_cast(concat(substr(digits, 1, place - 1), substr(digits, place + 1, 1), substr(digits, place, 1), substr(digits, place + 2)) as double)
            - try_cast(digits as double)
        ) / 1.5 as spacing
    from readable_digits as numbers
    inner join places
        on places.place < length(numbers.digits)
    where substr(digits, place, 1) <> substr(digits, place + 1, 1)
),

digit_slip as (
    select
        comparison_id,
        {%- set slip = ['variant', 'digits', text_of('line')] %}
        {{ because_one_of([('is_input', 'digit_of_input', slip), (none, 'digit', slip)]) }}
    from misprints
    where
        try_cast(variant as double) is not null
        and (variant not like '0%' or variant like '0.%')
        and {{ overlaps('try_cast(variant as double) * unit_value - width / 2', 'try_cast(variant as double) * unit_value + width / 2', 'wanted_low', 'wanted_high') }}
        and wanted_high - wanted_low + width < spacing * abs(unit_value)
),

-- a number of four and more digits (of three within one table) that the source prints nearby for another thing in the
-- same period: copied into the wrong place
texts as (
    select
        source_id,
        printed,
        period_label,
        subject,
        indicator,
        table_id,
        max(length(trim(leading '0' from replace({{ digits_of('printed') }}, '.', '')))) as n_digits,
        min(line) as line
    from figures
    group by source_id, printed, period_label, subject, indicator, table_id
),

copied as (
    select
        disagreeing.comparison_id,
        {{ because('copied', [text_of('min(texts.line)')]) }}
    from disagreeing
    inner join texts
        on
            disagreeing.stated_source = texts.source_id
            and disagreeing.stated_printed = texts.printed
            and disagreeing.stated_period = texts.period_label
            and disagreeing.stated_subject <> texts.subject
            and (
                (texts.n_digits >= 4 and (disagreeing.stated_table = texts.table_id or abs(disagreeing.stated_line - texts.line) <= 50))
                or (texts.n_digits = 3 and disagreeing.stated_table = texts.table_id and disagreeing.indicator <> texts.indicator)
            )
    where disagreeing.rule in ('cagr', 'growth', 'fold', 'share', 'ratio', 'product', 'sum')
    group by disagreeing.comparison_id
),

-- two statements of a report next to each other that are both wrong and right when exchanged. Neighbours are numbered: joining lines
-- within a distance would pair all disagreements of a report
numbered as (
    select
        comparison_id,
        stated_source,
        indicator,
        rule,
        stated_unit,
        stated_printed,
        stated_line,
        s_low,
        s_high,
        e_low,
        e_high,
        row_number() over (
            partition by stated_source, indicator, rule, stated_unit
            order by stated_line, stated_figure_id
        ) as place
    from disagreeing
    where
        why_not is null and rule not in ('bounds', 'part_exceeds_whole', 'cross_source') and stated_line is not null
        and e_high - e_low < 0.1 * abs(e_high)
),

next_places as (
    select
        *,
        place + 1 as other_place
    from numbered
    union all
    select
        *,
        place + 2 as other_place
    from numbered
),

exchanged as (
    select
        one.comparison_id as one_id,
        one.stated_printed as one_printed,
        one.stated_line as one_line,
        other.comparison_id as other_id,
        other.stated_printed as other_printed,
        other.stated_line as other_line
    from next_places as one
    inner join numbered as other
        on
            one.stated_source = other.stated_source
            and one.indicator = other.indicator
            and one.rule = other.rule
            and one.stated_unit = other.stated_unit
            and one.other_place = other.place
    where
        other.stated_line - one.stated_line <= 3
        and {{ overlaps('one.s_low', 'one.s_high', 'other.e_low', 'other.e_high') }}
        and {{ overlaps('other.s_low', 'other.s_high', 'one.e_low', 'one.e_high') }}
),

swapped as (
    select
        one_id as comparison_id,
        {{ because('swapped', ['other_printed', text_of('other_line')]) }}
    from exchanged
    union all
    select
        other_id,
        {{ because('swapped', ['one_printed', text_of('one_line')]) }}
    from exchanged
),

-- printed with more digits than it has: 12.0 % that is 12 %, 1,200 that is rounded to hundreds
zeros as (
    select
        *,
        case
            when digits like '%.%' then length(split_part(digits, '.', 2)) - length(trim(trailing '0' from split_part(digits, '.', 2)))
            else length(digits) - length(trim(trailing '0' from digits))
        end as n_zeros
    from digits
),

trailing_zeros as (
    select
        *,
        power(10, n_zeros) as coarseness
    from zeros
    where n_zeros > 0 and length(replace(digits, '.', '')) - n_zeros >= 2
),

precision_slip as (
    select
        comparison_id,
        {{ because('precision', ['printed', text_of('line')]) }}
    from trailing_zeros
    where {{ overlaps('x - coarseness * width / 2', 'x + coarseness * width / 2', 'wanted_low', 'wanted_high') }}
)

{{ candidates_of([
    'copied',
    'digit_slip',
    'swapped',
    'precision_slip',
]) }}
