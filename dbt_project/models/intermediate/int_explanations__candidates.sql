-- What could explain a disagreement: every candidate that fits inside the printed intervals, with its rank.
-- Lower ranks are likelier; a candidate that changes less stands before one that changes more. A candidate must also be
-- unlikely to fit by chance: where the printed intervals are wide, anything fits and nothing is explained.
-- Every join is by key (comparison, series, line), so that the search is linear in the number of disagreements.
with comparisons as (
    select * from {{ ref('int_comparisons') }}
    where verdict = 'disagree' or (verdict = 'not_comparable' and why_not is not null)
),

figures as (
    select * from {{ ref('int_figures__comparable') }}
),

joined as (
    select
        comparisons.*,
        stated.printed as stated_printed,
        stated.subject as stated_subject,
        stated.basis_key as stated_basis,
        stated.period_label as stated_period,
        stated.statistic as stated_statistic,
        stated.source_id as stated_source,
        stated.line as stated_line,
        stated.table_id as stated_table,
        upper_figure.printed as upper_printed,
        upper_figure.subject as upper_subject,
        upper_figure.basis_key as upper_basis,
        upper_figure.last_year as upper_last_year,
        upper_figure.period_label as upper_period,
        upper_figure.x as upper_x,
        upper_figure.x_low as upper_low,
        upper_figure.x_high as upper_high,
        upper_figure.unit as upper_unit,
        upper_figure.unit_kind as upper_kind,
        upper_figure.source_id as upper_source,
        upper_figure.line as upper_line,
        upper_figure.table_id as upper_table,
        upper_figure.published_on as upper_published_on,
        stated.published_on as stated_published_on,
        lower_figure.printed as lower_printed,
        lower_figure.subject as lower_subject,
        lower_figure.indicator as lower_indicator,
        lower_figure.entity as lower_entity,
        lower_figure.segment as lower_segment,
        lower_figure.geography as lower_geography,
        lower_figure.last_year as lower_last_year,
        lower_figure.period_label as lower_period,
        lower_figure.unit as lower_unit,
        lower_figure.source_id as lower_source,
        lower_figure.line as lower_line,
        lower_figure.table_id as lower_table,
        lower_figure.x as lower_x,
        lower_figure.x_low as lower_low,
        lower_figure.x_high as lower_high,
        -- a fall printed without its sign
        case
            when comparisons.rule in ('growth', 'cagr') and stated.statistic = 'change' and comparisons.s > 0 and comparisons.q < 1
                then -1
            else 1
        end as direction,
        comparisons.rule in ('growth', 'cagr', 'fold', 'share', 'ratio') and comparisons.q_low > 0
        and not (
            comparisons.rule = 'growth'
            and (comparisons.stated_unit = 'pp' or (comparisons.stated_unit = upper_figure.unit and comparisons.stated_unit not in ('percent', 'times', 'ratio')))
        ) as has_quotient
    from comparisons
    left join figures as stated on comparisons.stated_figure_id = stated.figure_id
    left join figures as upper_figure on comparisons.upper_figure_id = upper_figure.figure_id
    left join figures as lower_figure on comparisons.lower_figure_id = lower_figure.figure_id
),

-- the quotient upper / lower that the printed statement asks for, beside the one (q) that the printed inputs give
disagreeing as (
    select
        *,
        case
            when not has_quotient then null
            when rule = 'growth' and direction = -1 then 1 - s_high
            when rule = 'growth' then 1 + s_low
            when rule = 'cagr' and direction = -1 then power(greatest(1 - s_high, 0.001), n_years)
            when rule = 'cagr' then power(greatest(1 + s_low, 0.001), n_years)
            else s_low
        end as wanted_low,
        case
            when not has_quotient then null
            when rule = 'growth' and direction = -1 then 1 - s_low
            when rule = 'growth' then 1 + s_high
            when rule = 'cagr' and direction = -1 then power(greatest(1 - s_low, 0.001), n_years)
            when rule = 'cagr' then power(greatest(1 + s_high, 0.001), n_years)
            else s_high
        end as wanted_high,
        -- amounts of two currencies were converted for the comparison; their printed values cannot be put into it
        upper_low > 0 and lower_low > 0 and upper_high < 1e100 and lower_high < 1e100
        and not ({{ is_money('upper_kind') }} and upper_unit <> lower_unit) as inputs_replaceable,
        -- the two sides of a comparison of equals: beside s stands e
        rule in ('repeat', 'text_vs_table', 'cross_source', 'part_exceeds_whole', 'reference', 'sum', 'mean', 'product') as has_sides
    from joined
),

not_comparable as (
    select
        comparison_id,
        case
            when why_not like 'the row repeats%' then 'copied'
            when rule = 'field_conflict' then 'field_conflict'
            -- the one says dense or sparse, the other does not, and they are apart by the factor of sparsity
            when
                why_not like 'the basis%' and (why_not like '%dense%' or why_not like '%sparse%')
                and ({{ overlaps('s_low', 's_high', 'e_low * 2', 'e_high * 2') }} or {{ overlaps('s_low * 2', 's_high * 2', 'e_low', 'e_high') }})
                then 'sparsity'
            when why_not like 'the basis%' then 'basis'
            when why_not like 'the dates%' then 'as_of'
            else 'vintage'
        end as code,
        10 as candidate_rank,
        concat(why_not, '.') as because,
        concat({{ why_not_zh('why_not') }}, '。') as because_zh
    from disagreeing
    where why_not is not null
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
        'periods' as code,
        20 + abs(period_offsets.step) as candidate_rank,
        case
            when step > 0
                then {{ reason('periods_more', years, 'en') }}
            else {{ reason('periods_fewer', years, 'en') }}
        end as because,
        case
            when step > 0
                then {{ reason('periods_more', years, 'zh') }}
            else {{ reason('periods_fewer', years, 'zh') }}
        end as because_zh
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
        'total_growth' as code,
        24 as candidate_rank,
        {{ because('total_growth') }}
    from disagreeing
    where rule = 'cagr' and n_years > 1 and {{ overlaps('s_low', 's_high', 'q_low - 1', 'q_high - 1') }}
    union all
    select
        comparison_id,
        'simple_average',
        25,
        {{ because('simple_average') }}
    from disagreeing
    where
        rule = 'cagr' and n_years > 1
        and {{ overlaps('s_low', 's_high', '(q_low - 1) / n_years', '(q_high - 1) / n_years') }}
),

increase_by_or_to as (
    select
        comparison_id,
        'increase_by_vs_to' as code,
        22 as candidate_rank,
        {%- set is_ratio = overlaps('s_low', 's_high', 'e_low + 1', 'e_high + 1') %}
        case when {{ is_ratio }} then {{ reason('increase_to', [], 'en') }} else {{ reason('increase_by', [], 'en') }} end as because,
        case when {{ is_ratio }} then {{ reason('increase_to', [], 'zh') }} else {{ reason('increase_by', [], 'zh') }} end as because_zh
    from disagreeing
    where
        (rule in ('growth', 'fold', 'ratio') or (rule = 'sum' and stated_unit in ('times', 'ratio')))
        and e_high - e_low < 0.5 and s_high - s_low < 0.5
        and ({{ overlaps('s_low', 's_high', 'e_low + 1', 'e_high + 1') }} or {{ overlaps('s_low', 's_high', 'e_low - 1', 'e_high - 1') }})
    union all
    select
        comparison_id,
        'increase_by_vs_to',
        22,
        {{ because('decrease_to') }}
    from disagreeing
    where
        rule = 'growth' and has_quotient and q_high < 1 and s_low > 0
        and q_high - q_low < 0.1 and {{ overlaps('s_low', 's_high', 'q_low', 'q_high') }}
),

factors as (
    select * from (
        values
        ('scale', 1e1, 'ten', '10', 30),
        ('scale', 1e2, 'a hundred', '100', 29),
        ('scale', 1e3, 'a thousand', '1,000', 28),
        ('scale', 1e4, 'ten thousand (万)', '1 万', 27),
        ('scale', 1e6, 'a million', '100 万', 28),
        ('scale', 1e8, 'a hundred million (亿)', '1 亿', 27)
    ) as t (code, factor, word, word_zh, candidate_rank)
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
        factors.code,
        factors.candidate_rank,
        {{ because('scale', ['factors.word'], ['factors.word_zh']) }}
    from positive_ratios
    cross join factors
    where
        {{ overlaps('a_low', 'a_high', 'b_low * factor', 'b_high * factor') }}
        or {{ overlaps('a_low * factor', 'a_high * factor', 'b_low', 'b_high') }}
),

currency as (
    select
        comparison_id,
        'currency' as code,
        26 as candidate_rank,
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
        'sparsity' as code,
        21 as candidate_rank,
        {{ because('sparsity') }}
    from positive_ratios
    where
        (indicator like 'chip%' or indicator like 'compute%' or indicator = 'energy_efficiency')
        and ({{ overlaps('a_low', 'a_high', 'b_low * 2', 'b_high * 2') }} or {{ overlaps('a_low * 2', 'a_high * 2', 'b_low', 'b_high') }})
),

-- distinct prints: copies of a figure are one candidate, so that a number repeated a thousand times is tried once
prints as (
    select
        source_id,
        subject,
        unit,
        basis_key,
        statistic,
        period_label,
        last_year,
        x_low,
        x_high,
        min(line) as line
    from figures
    group by source_id, subject, unit, basis_key, statistic, period_label, last_year, x_low, x_high
),

-- what is stated stands in the same report for the same thing on another basis (FP16 printed as FP32)
mislabelled as (
    select
        disagreeing.comparison_id,
        'mislabelled_basis' as code,
        19 as candidate_rank,
        {{ because('mislabelled', [text_of('min(prints.line)'), 'min(prints.basis_key)']) }}
    from disagreeing
    inner join prints
        on
            disagreeing.upper_source = prints.source_id
            and disagreeing.upper_subject = prints.subject
            and disagreeing.upper_unit = prints.unit
            and disagreeing.upper_basis <> prints.basis_key
            and disagreeing.stated_basis <> prints.basis_key
            and coalesce(disagreeing.upper_period, '') = coalesce(prints.period_label, '')
            and {{ overlaps('disagreeing.s_low', 'disagreeing.s_high', 'prints.x_low', 'prints.x_high') }}
    where disagreeing.rule in ('text_vs_table', 'repeat', 'cross_source') and disagreeing.why_not is null
    group by disagreeing.comparison_id
),

-- the same statement of another year: the value, growth or share printed for one year is that of another
other_year as (
    select
        disagreeing.comparison_id,
        'other_year' as code,
        23 as candidate_rank,
        {{ because('other_year', [text_of('prints.line'), 'prints.period_label'], pick='min') }}
    from disagreeing
    inner join prints
        on
            disagreeing.upper_source = prints.source_id
            and disagreeing.upper_subject = prints.subject
            and disagreeing.upper_unit = prints.unit
            and disagreeing.upper_basis = prints.basis_key
            and disagreeing.stated_statistic = prints.statistic
            and disagreeing.upper_period <> prints.period_label
            and abs(prints.last_year - disagreeing.upper_last_year) <= 10
    where
        disagreeing.rule in ('text_vs_table', 'repeat', 'cross_source')
        and disagreeing.why_not is null
        and disagreeing.stated_period = disagreeing.upper_period
        and disagreeing.s_high - disagreeing.s_low < 0.03 * abs(disagreeing.s)
        and {{ overlaps('disagreeing.s_low', 'disagreeing.s_high', 'prints.x_low', 'prints.x_high') }}
    group by disagreeing.comparison_id
),

inverse as (
    select
        comparison_id,
        'inverse' as code,
        33 as candidate_rank,
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
        'complement' as code,
        34 as candidate_rank,
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
        'share_of_rest' as code,
        35 as candidate_rank,
        {{ because('share_of_rest') }}
    from disagreeing
    where
        rule = 'share' and q_low > 0
        and s_high - s_low < 0.2 * s and q_high - q_low < 0.2 * q_high
        and (
            {{ overlaps('s_low', 's_high', 'q_low / (1 + q_low)', 'q_high / (1 + q_high)') }}
            or (q_high < 1 and {{ overlaps('s_low', 's_high', 'q_low / (1 - q_low)', 'q_high / (1 - q_high)') }})
        )
),

-- the two stand on different bases: gross and net, scenario, definition
other_basis as (
    select
        comparison_id,
        case when concat(stated_basis, upper_basis) like '%gross%' or concat(stated_basis, upper_basis) like '%net%' then 'gross_net' else 'basis' end as code,
        case when rule = 'part_exceeds_whole' then 47 else 23 end as candidate_rank,
        {{ because(
            'other_basis',
            ["coalesce(nullif(stated_basis, ''), 'not stated')", "coalesce(nullif(upper_basis, ''), 'not stated')"],
            ["coalesce(nullif(stated_basis, ''), '未注明')", "coalesce(nullif(upper_basis, ''), '未注明')"]
        ) }}
    from disagreeing
    where
        rule in ('repeat', 'text_vs_table', 'cross_source', 'part_exceeds_whole')
        and why_not is null
        and stated_basis <> coalesce(upper_basis, stated_basis)
),

other_date as (
    select
        comparison_id,
        'as_of' as code,
        48 as candidate_rank,
        {{ because(
            'other_date',
            ["coalesce(stated_period, 'not stated')", "coalesce(upper_period, 'not stated')"],
            ["coalesce(stated_period, '未注明')", "coalesce(upper_period, '未注明')"]
        ) }}
    from disagreeing
    where
        rule in ('repeat', 'text_vs_table', 'cross_source', 'part_exceeds_whole')
        and coalesce(stated_period, '') <> coalesce(upper_period, '')
),

-- what each input would have to be for the statement to hold
wanted_inputs as (
    select
        comparison_id,
        rule,
        'lower' as slot,
        case when rule in ('share', 'ratio') then 'whole' else 'base' end as role_name,
        n_years,
        s_low,
        s_high,
        lower_source as source_id,
        lower_subject as subject,
        lower_indicator as indicator,
        lower_unit as unit,
        lower_period as period_label,
        lower_last_year as input_year,
        upper_last_year as other_year,
        lower_entity as entity,
        lower_segment as segment,
        lower_geography as geography,
        lower_table as table_id,
        lower_line as line,
        stated_figure_id,
        upper_figure_id,
        lower_figure_id,
        upper_low as other_low,
        upper_high as other_high,
        upper_low / wanted_high as x_low,
        upper_high / wanted_low as x_high
    from disagreeing
    where has_quotient and inputs_replaceable and wanted_low > 0 and wanted_high < 1e100
    union all
    select
        comparison_id,
        rule,
        'upper',
        case when rule in ('share', 'ratio') then 'part' else 'end level' end,
        n_years,
        s_low,
        s_high,
        upper_source,
        upper_subject,
        null,
        upper_unit,
        upper_period,
        upper_last_year,
        lower_last_year,
        null,
        null,
        null,
        upper_table,
        upper_line,
        stated_figure_id,
        upper_figure_id,
        lower_figure_id,
        lower_low,
        lower_high,
        wanted_low * lower_low,
        wanted_high * lower_high
    from disagreeing
    where has_quotient and inputs_replaceable and wanted_low > 0 and wanted_high < 1e100
),

-- one level a distinct print: copies of a figure are one candidate
levels as (
    select
        source_id,
        subject,
        indicator,
        entity,
        segment,
        geography,
        unit,
        period_label,
        last_year,
        table_id,
        x_low,
        x_high,
        min(figure_id) as figure_id,
        min(line) as line,
        min(printed) as printed
    from figures
    where statistic = 'level' and x_low > 0 and x_high < 1e100
    group by source_id, subject, indicator, entity, segment, geography, unit, period_label, last_year, table_id, x_low, x_high
),

-- another figure of the same series in place of an input: another year, or another print of the same year
same_series as (
    select
        wanted.comparison_id,
        case
            when coalesce(levels.period_label, '') = coalesce(wanted.period_label, '')
                then case when coalesce(levels.table_id, '') <> coalesce(wanted.table_id, '') then 'text_vs_table' else 'other_print' end
            when wanted.rule in ('share', 'ratio') then 'whole_of_other_year'
            when wanted.slot = 'lower' then 'other_base_year'
            else 'other_end_year'
        end as code,
        case
            when coalesce(levels.period_label, '') = coalesce(wanted.period_label, '') then 16
            when wanted.slot = 'lower' then 23
            else 24
        end as candidate_rank,
        {{ because(
            'same_series',
            ['levels.printed', text_of('levels.line'), "coalesce(levels.period_label, 'no period')", 'wanted.role_name'],
            ['levels.printed', text_of('levels.line'), "coalesce(levels.period_label, '无时点')", role_zh('wanted.role_name')]
        ) }}
    from wanted_inputs as wanted
    inner join levels
        on
            wanted.source_id = levels.source_id
            and wanted.subject = levels.subject
            and wanted.unit = levels.unit
            and coalesce(wanted.upper_figure_id, '') <> levels.figure_id
            and coalesce(wanted.lower_figure_id, '') <> levels.figure_id
            and wanted.stated_figure_id <> levels.figure_id
            and abs(coalesce(levels.last_year - wanted.input_year, 0)) <= 10
    where
        case
            -- the years counted are then those between the two levels, or those printed
            when wanted.rule = 'cagr' and wanted.slot = 'lower'
                then
                    wanted.other_year - levels.last_year >= 1
                    and (
                        {{ overlaps('wanted.s_low', 'wanted.s_high', 'power(wanted.other_low / levels.x_high, 1.0 / nullif(wanted.other_year - levels.last_year, 0)) - 1', 'power(wanted.other_high / levels.x_low, 1.0 / nullif(wanted.other_year - levels.last_year, 0)) - 1') }}
                        or {{ overlaps('levels.x_low', 'levels.x_high', 'wanted.x_low', 'wanted.x_high') }}
                    )
            when wanted.rule = 'cagr'
                then
                    levels.last_year - wanted.other_year >= 1
                    and (
                        {{ overlaps('wanted.s_low', 'wanted.s_high', 'power(levels.x_low / wanted.other_high, 1.0 / nullif(levels.last_year - wanted.other_year, 0)) - 1', 'power(levels.x_high / wanted.other_low, 1.0 / nullif(levels.last_year - wanted.other_year, 0)) - 1') }}
                        or {{ overlaps('levels.x_low', 'levels.x_high', 'wanted.x_low', 'wanted.x_high') }}
                    )
            else {{ overlaps('levels.x_low', 'levels.x_high', 'wanted.x_low', 'wanted.x_high') }}
        end
),

-- both inputs of another year: the growth or share printed for one year is that of another
series_of_years as (
    select
        source_id,
        subject,
        unit,
        last_year,
        period_label,
        min(x_low) as x_low,
        max(x_high) as x_high,
        min(line) as line
    from levels
    where last_year is not null
    group by source_id, subject, unit, last_year, period_label
    -- prints that differ are a finding of their own
    having max(x_high) < 1.05 * min(x_low)
),

year_offsets as (
    select * from (
        values
        (-2), (-1), (1), (2)
    ) as t (step)
),

statement_of_other_year as (
    select
        disagreeing.comparison_id,
        'other_year' as code,
        25 as candidate_rank,
        {%- set other_label = "case when upper_series.period_label = lower_series.period_label then '' else concat('" %}
        {{ because(
            'statement_of_other_year',
            ['upper_series.period_label ' ~ '||' ~ ' ' ~ other_label ~ " and ', lower_series.period_label) end"],
            ['upper_series.period_label ' ~ '||' ~ ' ' ~ other_label ~ " 和 ', lower_series.period_label) end"]
        ) }}
    from disagreeing
    cross join year_offsets
    inner join series_of_years as upper_series
        on
            disagreeing.upper_source = upper_series.source_id
            and disagreeing.upper_subject = upper_series.subject
            and disagreeing.upper_unit = upper_series.unit
            and disagreeing.upper_last_year + year_offsets.step = upper_series.last_year
    inner join series_of_years as lower_series
        on
            disagreeing.lower_source = lower_series.source_id
            and disagreeing.lower_subject = lower_series.subject
            and disagreeing.lower_unit = lower_series.unit
            and disagreeing.lower_last_year + year_offsets.step = lower_series.last_year
            and length(upper_series.period_label) = length(lower_series.period_label)
    where
        disagreeing.has_quotient and disagreeing.inputs_replaceable
        and disagreeing.rule in ('growth', 'share', 'ratio', 'fold')
        and disagreeing.s_high - disagreeing.s_low < 0.05 * abs(disagreeing.s)
        and {{ overlaps('disagreeing.wanted_low', 'disagreeing.wanted_high', 'upper_series.x_low / lower_series.x_high', 'upper_series.x_high / lower_series.x_low') }}
),

-- another whole of the same year: the shares of one category printed as shares of all. Sizes are looked up in buckets
-- of 10 %: a wanted interval wider than that fits anything
buckets as (
    select * from (
        values
        (0), (1), (2)
    ) as t (step)
),

wanted_wholes as (
    select
        wanted.*,
        cast(floor(ln(wanted.x_low) / 0.1) as integer) + buckets.step as bucket
    from wanted_inputs as wanted
    cross join buckets
    where
        wanted.slot = 'lower' and wanted.rule in ('share', 'ratio')
        and wanted.x_low > 0 and wanted.x_high < 1.1 * wanted.x_low
),

other_whole as (
    select
        wanted.comparison_id,
        'other_whole' as code,
        case when wanted.period_label = levels.period_label then 36 else 38 end as candidate_rank,
        {{ because(
            'other_whole',
            ['levels.printed', text_of('levels.line'), "coalesce(levels.period_label, 'no period')"],
            ['levels.printed', text_of('levels.line'), "coalesce(levels.period_label, '无时点')"]
        ) }}
    from wanted_wholes as wanted
    inner join levels
        on
            wanted.source_id = levels.source_id
            and wanted.indicator = levels.indicator
            and wanted.unit = levels.unit
            and wanted.bucket = cast(floor(ln((levels.x_low + levels.x_high) / 2) / 0.1) as integer)
            and wanted.subject <> levels.subject
            and wanted.upper_figure_id <> levels.figure_id
            and wanted.stated_figure_id <> levels.figure_id
            -- another segment or geography of the same body; of another body only nearby, for there are many
            and case when coalesce(wanted.segment, '') = coalesce(levels.segment, '') then 1 else 0 end
            + case when coalesce(wanted.geography, '') = coalesce(levels.geography, '') then 1 else 0 end
            + case when coalesce(wanted.entity, '') = coalesce(levels.entity, '') then 1 else 0 end >= 2
            and (coalesce(wanted.entity, '') = coalesce(levels.entity, '') or abs(wanted.line - levels.line) <= 50)
    where {{ overlaps('levels.x_low', 'levels.x_high', 'wanted.x_low', 'wanted.x_high') }}
),

-- one part of a sum: what it would have to be for the sum to hold
wanted_parts as (
    select
        disagreeing.comparison_id,
        terms.x,
        terms.x_low,
        terms.x_high,
        terms.figure_id,
        figures.printed,
        figures.line,
        case when terms.role = 'part' then disagreeing.s_low - (disagreeing.e_high - terms.x_high) else disagreeing.e_low + terms.x_high - disagreeing.s_high end as wanted_low,
        case when terms.role = 'part' then disagreeing.s_high - (disagreeing.e_low - terms.x_low) else disagreeing.e_high + terms.x_low - disagreeing.s_low end as wanted_high
    from disagreeing
    inner join {{ ref('int_relations__terms') }} as terms
        on disagreeing.comparison_id = concat('sum:', terms.relation_id) and terms.role in ('part', 'minus')
    inner join figures
        on terms.figure_id = figures.figure_id
    where disagreeing.rule = 'sum' and disagreeing.e_high < 1e100 and abs(disagreeing.s_low) < 1e100 and abs(disagreeing.s_high) < 1e100
),

part_scale as (
    select
        parts.comparison_id,
        factors.code,
        factors.candidate_rank,
        {{ because(
            'part_scale',
            ['parts.printed', text_of('parts.line'), 'factors.word'],
            ['parts.printed', text_of('parts.line'), 'factors.word_zh']
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

part_left_out as (
    select
        comparison_id,
        'part_left_out' as code,
        26 as candidate_rank,
        {{ because('part_left_out', ['printed', text_of('line')]) }}
    from wanted_parts
    where wanted_low <= 0 and wanted_high >= 0 and x_low > 0 and wanted_high - wanted_low < 0.5 * x
    union all
    select
        comparison_id,
        'counted_twice',
        27,
        {{ because('counted_twice', ['printed', text_of('line')]) }}
    from wanted_parts
    where x_low > 0 and wanted_high - wanted_low < 0.2 * x and {{ overlaps('wanted_low', 'wanted_high', '2 * x_low', '2 * x_high') }}
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
        31 as candidate_rank
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
        31
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
        32
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
        32
    from wanted_parts
),

digits as (
    select
        numbers.*,
        {{ digits_of('printed') }} as digits
    from numbers
    left join confirmed
        on numbers.figure_id = confirmed.figure_id and numbers.candidate_rank = 32
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
        length(trim(leading '0' from replace(digits, '.', ''))) between case when candidate_rank = 32 then 4 else 3 end and 7
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
        candidate_rank,
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
        numbers.candidate_rank,
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
        'digit' as code,
        candidate_rank,
        {{ because('digit', ['variant', 'digits', text_of('line')]) }}
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
        'copied' as code,
        29 as candidate_rank,
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
        'swapped' as code,
        18 as candidate_rank,
        {{ because('swapped', ['other_printed', text_of('other_line')]) }}
    from exchanged
    union all
    select
        other_id,
        'swapped',
        18,
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
        'precision' as code,
        30 as candidate_rank,
        {{ because('precision', ['printed', text_of('line')]) }}
    from trailing_zeros
    where {{ overlaps('x - coarseness * width / 2', 'x + coarseness * width / 2', 'wanted_low', 'wanted_high') }}
),

far_over_the_whole as (
    select
        comparison_id,
        'scale' as code,
        29 as candidate_rank,
        {{ because('far_over') }}
    from disagreeing
    where rule = 'part_exceeds_whole' and gap > 90
),

-- a derived number that is one unit of its last digit off was cut off instead of rounded, or computed from rounded inputs
close_by as (
    select
        comparison_id,
        'rounding_chain' as code,
        44 as candidate_rank,
        {{ because('last_digit') }}
    from disagreeing
    where
        rule in ('cagr', 'growth', 'share', 'ratio', 'fold', 'product') and s_high > s_low
        and s_high - s_low < 0.02 * abs(s)
        and {{ overlaps('s_low - (s_high - s_low)', 's_high + (s_high - s_low)', 'e_low', 'e_high') }}
    union all
    select
        comparison_id,
        case when abs(gap) < 0.005 then 'rounding_chain' else 'near' end,
        case when abs(gap) < 0.005 then 50 else 60 end,
        case when abs(gap) < 0.005 then {{ reason('half_percent', [], 'en') }} else {{ reason('near', [], 'en') }} end,
        case when abs(gap) < 0.005 then {{ reason('half_percent', [], 'zh') }} else {{ reason('near', [], 'zh') }} end
    from disagreeing
    where abs(gap) < 0.05 and rule <> 'bounds'
),

-- levels of another edition differ by little, but a growth computed from them by much
revised_inputs as (
    select
        comparison_id,
        'revised_inputs' as code,
        61 as candidate_rank,
        {{ because('revised_inputs') }}
    from disagreeing
    where
        rule in ('growth', 'cagr') and has_quotient
        and {{ overlaps('wanted_low', 'wanted_high', 'q_low * 0.97', 'q_high * 1.03') }}
),

revised as (
    select
        comparison_id,
        'vintage' as code,
        58 as candidate_rank,
        {{ because('vintage', [text_of('stated_published_on'), text_of('upper_published_on')]) }}
    from disagreeing
    where rule = 'cross_source' and abs(gap) < 0.1 and stated_published_on <> upper_published_on
),

another_definition as (
    select
        comparison_id,
        'scope' as code,
        70 as candidate_rank,
        {{ because('scope') }}
    from disagreeing
    where
        rule <> 'reference' and (
            stated_source <> upper_source or stated_source <> lower_source or upper_source <> lower_source
            or comparison_id in (
                select comparison_id
                from {{ ref('int_comparisons__members') }}
                group by comparison_id
                having min(source_id) < max(source_id)
            )
        )
)

{% for candidate in [
    'not_comparable',
    'other_periods',
    'total_growth',
    'increase_by_or_to',
    'scale',
    'currency',
    'sparsity',
    'mislabelled',
    'other_year',
    'inverse',
    'complement',
    'excluded_part',
    'other_basis',
    'other_date',
    'same_series',
    'statement_of_other_year',
    'other_whole',
    'part_scale',
    'part_left_out',
    'copied',
    'digit_slip',
    'swapped',
    'precision_slip',
    'far_over_the_whole',
    'close_by',
    'revised_inputs',
    'revised',
    'another_definition'
] %}
    select
        comparison_id,
        code,
        candidate_rank,
        because,
        because_zh
    from {{ candidate }}
    {% if not loop.last %}union all{% endif %}
{% endfor %}
