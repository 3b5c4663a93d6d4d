-- Two figures that should say the same: repeat, text_vs_table, part_exceeds_whole and currency_pair as stated, and
-- repeats that series keys find within a source.
with terms as (
    select * from {{ ref('int_relations__terms') }}
    where rule in ('repeat', 'text_vs_table', 'part_exceeds_whole', 'currency_pair') and not has_missing
),

stated_pairs as (
    select
        second_term.relation_id,
        second_term.position,
        case
            when second_term.source_id <> first_term.source_id and second_term.rule in ('repeat', 'text_vs_table') then 'cross_source'
            else second_term.rule
        end as rule,
        second_term.relation_source as source_id,
        second_term.figure_id as stated_figure_id,
        first_term.figure_id as other_figure_id,
        second_term.indicator,
        case when second_term.is_mixed and {{ is_money('second_term.unit_kind') }} then replace(second_term.unit, second_term.currency, 'USD') else second_term.unit end as stated_unit,
        {{ rate_or_usual('second_term.fx_rate, first_term.fx_rate') }} as fx,
        coalesce(second_term.qualifier, first_term.qualifier) is null as is_plain,
        -- amounts of other currencies than the roles say, and units that do not convert, have no common number
        case
            when second_term.rule = 'currency_pair' then coalesce(second_term.currency, 'CNY') = 'CNY' and coalesce(first_term.currency, 'USD') = 'USD'
            -- a constant has the unit of what it meets
            else
                coalesce(second_term.unit_kind = first_term.unit_kind, true)
                or ({{ is_fraction('second_term.unit_kind') }} and {{ is_fraction('first_term.unit_kind') }})
        end as has_common_unit,
        second_term.x as s,
        second_term.x_low as s_low,
        second_term.x_high as s_high,
        first_term.x as o,
        first_term.x_low as o_low,
        first_term.x_high as o_high,
        -- two files may tie the same two figures: one comparison
        row_number() over (
            partition by
                case when second_term.rule in ('repeat', 'text_vs_table') then 'equal' else second_term.rule end,
                least(second_term.figure_id, first_term.figure_id),
                greatest(second_term.figure_id, first_term.figure_id)
            order by second_term.relation_id
        ) as copy
    from terms as second_term
    inner join terms as first_term
        on
            second_term.relation_id = first_term.relation_id
            and (
                (second_term.role = 'figure' and first_term.role = 'figure' and first_term.position = 0 and second_term.position > 0)
                or (second_term.role = 'text' and first_term.role = 'table')
                or (second_term.role = 'part' and first_term.role = 'whole')
                or (second_term.role = 'cny' and first_term.role = 'usd')
            )
),

stated as (
    select
        concat(rule, ':', relation_id, case when position > 1 then concat('.', position) else '' end) as comparison_id,
        rule,
        'stated' as found_by,
        source_id,
        stated_figure_id,
        other_figure_id,
        indicator,
        stated_unit,
        fx,
        is_plain,
        case when has_common_unit then s end as s,
        case when has_common_unit then s_low end as s_low,
        case when has_common_unit then s_high end as s_high,
        o,
        o_low,
        o_high
    from stated_pairs
    where copy = 1
),

-- figures of one source with the same keys, each against the one printed first
keyed as (
    select
        *,
        row_number() over (
            partition by source_id, subject, basis_key, period_label, statistic, unit_kind, status, range_end
            order by line, figure_id
        ) as place
    from (
        select
            *,
            -- the two ends of a range differ by intention: each meets its like
            case
                when figure_id like '%:low' then 'low'
                when figure_id like '%:high' then 'high'
                else ''
            end as range_end
        from {{ ref('int_figures__comparable') }}
    ) as figures
    where
        period_label is not null
        and statistic <> 'rank'
        and indicator not in ('general_count', 'duration', 'company_fact')
),

found_pairs as (
    select
        again.*,
        first_print.figure_id as other_figure_id,
        first_print.table_id as other_table_id,
        first_print.qualifier as other_qualifier,
        first_print.x as other_x,
        first_print.x_low as other_x_low,
        first_print.x_high as other_x_high,
        case when again.currency <> first_print.currency then first_print.usd_per_unit / again.usd_per_unit else 1.0 end as rate,
        case when again.currency <> first_print.currency then {{ var('fx_tolerance') }} else 0.0 end as rate_width
    from keyed as again
    inner join keyed as first_print
        on
            again.source_id = first_print.source_id
            and again.subject = first_print.subject
            and again.basis_key = first_print.basis_key
            and again.period_label = first_print.period_label
            and again.statistic = first_print.statistic
            and again.unit_kind = first_print.unit_kind
            and again.status = first_print.status
            and again.range_end = first_print.range_end
            and first_print.place = 1
            and again.place > 1
),

members as (
    select distinct
        relation_id,
        figure_id
    from {{ ref('stg_relations') }}
    where figure_id is not null and not {{ is_found('relation_id') }}
),

-- found pairs that a stated relation already holds. Only found pairs are looked up: all pairs of the members of a
-- relation would be quadratic in the parts of a sum.
tied as (
    select distinct
        found_pairs.figure_id,
        found_pairs.other_figure_id
    from found_pairs
    inner join members as one
        on found_pairs.figure_id = one.figure_id
    inner join members as other
        on found_pairs.other_figure_id = other.figure_id and one.relation_id = other.relation_id
),

found as (
    select
        concat(
            case when coalesce(table_id, '') <> coalesce(other_table_id, '') then 'text_vs_table' else 'repeat' end,
            ':', found_pairs.figure_id, '.series'
        ) as comparison_id,
        case when coalesce(table_id, '') <> coalesce(other_table_id, '') then 'text_vs_table' else 'repeat' end as rule,
        'series' as found_by,
        found_pairs.source_id,
        found_pairs.figure_id as stated_figure_id,
        found_pairs.other_figure_id,
        found_pairs.indicator,
        found_pairs.unit as stated_unit,
        {{ rate_or_usual('found_pairs.fx_rate') }} as fx,
        coalesce(found_pairs.qualifier, found_pairs.other_qualifier) is null as is_plain,
        found_pairs.x as s,
        found_pairs.x_low as s_low,
        found_pairs.x_high as s_high,
        found_pairs.other_x * found_pairs.rate as o,
        found_pairs.other_x_low * found_pairs.rate * (1 - found_pairs.rate_width) as o_low,
        found_pairs.other_x_high * found_pairs.rate * (1 + found_pairs.rate_width) as o_high
    from found_pairs
    left join tied
        on found_pairs.figure_id = tied.figure_id and found_pairs.other_figure_id = tied.other_figure_id
    where tied.figure_id is null
),

-- what the text tells by itself stands back where equal keys say it
both_kinds as (
    select stated.*
    from stated
    left join found
        on
            {{ is_found('stated.comparison_id') }}
            and least(stated.stated_figure_id, stated.other_figure_id) = least(found.stated_figure_id, found.other_figure_id)
            and greatest(stated.stated_figure_id, stated.other_figure_id) = greatest(found.stated_figure_id, found.other_figure_id)
    where found.comparison_id is null
    union all
    select * from found
)

select
    comparison_id,
    rule,
    found_by,
    source_id,
    stated_figure_id,
    other_figure_id,
    indicator,
    stated_unit,
    fx,
    is_plain,
    case when rule = 'currency_pair' then s / nullif(o, 0) else s end as s,
    case when rule = 'currency_pair' then s_low / nullif(o_high, 0) else s_low end as s_low,
    case when rule = 'currency_pair' then s_high / nullif(o_low, 0) else s_high end as s_high,
    case when rule = 'currency_pair' then fx else o end as e,
    case rule
        when 'currency_pair' then fx * (1 - {{ var('fx_tolerance') }})
        when 'part_exceeds_whole' then -1e150
        else o_low
    end as e_low,
    case when rule = 'currency_pair' then fx * (1 + {{ var('fx_tolerance') }}) else o_high end as e_high
from both_kinds
