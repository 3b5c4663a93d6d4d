-- Another figure of the report in place of a printed one: another year, basis, whole, or a part that was left out.
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
        {%- set same_period = "coalesce(levels.period_label, '') = coalesce(wanted.period_label, '')" %}
        {%- set same_table = "coalesce(levels.table_id, '') = coalesce(wanted.table_id, '')" %}
        {%- set input = ['levels.printed', text_of('levels.line'), "coalesce(levels.period_label, 'no period')", 'wanted.role_name'] %}
        {%- set input_zh = ['levels.printed', text_of('levels.line'), "coalesce(levels.period_label, '无时点')", role_zh('wanted.role_name')] %}
        {{ because_one_of([
            (same_period ~ ' and ' ~ same_table, 'other_print', input, input_zh),
            (same_period, 'text_vs_table', input, input_zh),
            ("wanted.rule in ('share', 'ratio') and wanted.slot = 'lower'", 'whole_of_other_year', input, input_zh),
            ("wanted.rule in ('share', 'ratio')", 'part_of_other_year', input, input_zh),
            ("wanted.slot = 'lower'", 'other_base_year', input, input_zh),
            (none, 'other_end_year', input, input_zh),
        ]) }}
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
        {{ because(
            'other_whole',
            ['levels.printed', text_of('levels.line'), "coalesce(levels.period_label, 'no period')"],
            ['levels.printed', text_of('levels.line'), "coalesce(levels.period_label, '无时点')"],
            further='case when wanted.period_label = levels.period_label then 0 else 2 end'
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

part_left_out as (
    select
        comparison_id,
        {{ because('part_left_out', ['printed', text_of('line')]) }}
    from wanted_parts
    where wanted_low <= 0 and wanted_high >= 0 and x_low > 0 and wanted_high - wanted_low < 0.5 * x
    union all
    select
        comparison_id,
        {{ because('counted_twice', ['printed', text_of('line')]) }}
    from wanted_parts
    where x_low > 0 and wanted_high - wanted_low < 0.2 * x and {{ overlaps('wanted_low', 'wanted_high', '2 * x_low', '2 * x_high') }}
)

{{ candidates_of([
    'mislabelled',
    'other_year',
    'same_series',
    'statement_of_other_year',
    'other_whole',
    'part_left_out',
]) }}
