-- What could explain a disagreement: every candidate that fits inside the printed intervals, with its rank.
-- Lower ranks are likelier; a candidate that changes less stands before one that changes more.
with comparisons as (
    select * from {{ ref('int_comparisons') }}
    where verdict = 'disagree' or (verdict = 'not_comparable' and why_not is not null)
),

figures as (
    select * from {{ ref('int_figures__comparable') }}
),

disagreeing as (
    select
        comparisons.*,
        stated.printed as stated_printed,
        stated.subject as stated_subject,
        stated.basis_key as stated_basis,
        stated.first_year as stated_first_year,
        stated.last_year as stated_last_year,
        stated.status as stated_status,
        stated.published_on as stated_published_on,
        upper_figure.subject as upper_subject,
        upper_figure.basis_key as upper_basis,
        upper_figure.last_year as upper_last_year,
        upper_figure.x as upper_x,
        upper_figure.x_low as upper_low,
        upper_figure.x_high as upper_high,
        upper_figure.unit as upper_unit,
        upper_figure.source_id as upper_source,
        upper_figure.status as upper_status,
        lower_figure.subject as lower_subject,
        lower_figure.indicator as lower_indicator,
        lower_figure.last_year as lower_last_year,
        lower_figure.unit as lower_unit,
        lower_figure.source_id as lower_source,
        lower_figure.x_low as lower_low,
        lower_figure.x_high as lower_high
    from comparisons
    left join figures as stated on comparisons.stated_figure_id = stated.figure_id
    left join figures as upper_figure on comparisons.upper_figure_id = upper_figure.figure_id
    left join figures as lower_figure on comparisons.lower_figure_id = lower_figure.figure_id
),

-- the figures agree within 3 decades of nothing else: scope, date, kind
not_comparable as (
    select
        comparison_id,
        case
            when why_not like 'the basis%' then 'basis'
            when why_not like 'the dates%' then 'as_of'
            else 'vintage'
        end as code,
        10 as candidate_rank,
        concat(why_not, '.') as because
    from disagreeing
    where why_not is not null
),

period_offsets as (
    select 1 as step union all select -1 union all select 2 union all select -2 union all select 3 union all select -3
),

other_periods as (
    select
        disagreeing.comparison_id,
        'periods' as code,
        20 + abs(period_offsets.step) as candidate_rank,
        concat(
            'it fits ', cast(cast(n_years + step as integer) as {{ dbt.type_string() }}), ' periods, ',
            cast(abs(step) as {{ dbt.type_string() }}), case when step > 0 then ' more' else ' fewer' end, ' than printed.'
        ) as because
    from disagreeing
    cross join period_offsets
    where
        rule = 'cagr'
        and q_low > 0
        and n_years + step >= 1
        and {{ overlaps('s_low', 's_high', 'power(q_low, 1.0 / (n_years + step)) - 1', 'power(q_high, 1.0 / (n_years + step)) - 1') }}
),

-- growth over all years printed as a yearly rate, or divided by the years instead of the root taken
total_growth as (
    select
        comparison_id,
        'total_growth' as code,
        24 as candidate_rank,
        'it is the growth over the whole span, not a yearly rate.' as because
    from disagreeing
    where rule = 'cagr' and n_years > 1 and {{ overlaps('s_low', 's_high', 'q_low - 1', 'q_high - 1') }}
    union all
    select
        comparison_id,
        'simple_average',
        25,
        'it is the total growth divided by the years, not compounded.'
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
        case
            when {{ overlaps('s_low', 's_high', 'e_low + 1', 'e_high + 1') }} then 'it is the ratio of the two (increase to), not the increase.'
            else 'it is the increase of one over the other (increase by), not the ratio.'
        end as because
    from disagreeing
    where
        (rule in ('growth', 'fold', 'ratio') or (rule = 'sum' and stated_unit in ('times', 'ratio')))
        and e_high - e_low < 0.5 and s_high - s_low < 0.5
        and ({{ overlaps('s_low', 's_high', 'e_low + 1', 'e_high + 1') }} or {{ overlaps('s_low', 's_high', 'e_low - 1', 'e_high - 1') }})
),

factors as (
    select 'scale' as code, 1e1 as factor, 'ten' as word, 30 as candidate_rank union all
    select 'scale', 1e2, 'a hundred', 30 union all
    select 'scale', 1e3, 'a thousand', 29 union all
    select 'scale', 1e4, 'ten thousand (万)', 28 union all
    select 'scale', 1e6, 'a million', 29 union all
    select 'scale', 1e8, 'a hundred million (亿)', 28
),

-- the ratio between what is stated and what is expected; for growth and cagr, between the levels
ratios as (
    select
        *,
        case
            when rule = 'cagr' then power(1 + greatest(s_low, -0.999), n_years)
            when rule = 'growth' and stated_unit <> 'pp' and q_low is not null then 1 + s_low
            else s_low
        end as a_low,
        case
            when rule = 'cagr' then power(1 + s_high, n_years)
            when rule = 'growth' and stated_unit <> 'pp' and q_low is not null then 1 + s_high
            else s_high
        end as a_high,
        case
            when rule in ('cagr', 'growth') and stated_unit <> 'pp' and q_low is not null then q_low
            else e_low
        end as b_low,
        case
            when rule in ('cagr', 'growth') and stated_unit <> 'pp' and q_low is not null then q_high
            else e_high
        end as b_high
    from disagreeing
    where rule <> 'bounds'
),

scale as (
    select
        ratios.comparison_id,
        factors.code,
        factors.candidate_rank,
        concat('it fits when one of the two is multiplied by ', factors.word, ': a slip of the unit.') as because
    from ratios
    cross join factors
    where
        b_high > 0 and a_high > 0 and a_low > 0 and b_low > 0
        and a_high < 1e100 and b_high < 1e100
        and (
            {{ overlaps('a_low', 'a_high', 'b_low * factor', 'b_high * factor') }}
            or {{ overlaps('a_low * factor', 'a_high * factor', 'b_low', 'b_high') }}
        )
),

currency as (
    select
        comparison_id,
        'currency' as code,
        26 as candidate_rank,
        concat('it fits at ', printf('%.4g', fx), ' CNY per USD: an amount in one currency labelled as the other.') as because
    from ratios
    where
        rule not in ('cagr', 'bounds')
        and b_high > 0 and a_low > 0 and b_low > 0 and a_high < 1e100 and b_high < 1e100
        and indicator not in ('chip_performance', 'accuracy', 'company_count', 'process_node')
        and (
            {{ overlaps('a_low', 'a_high', 'b_low * fx * (1 - ' ~ var('fx_tolerance') ~ ')', 'b_high * fx * (1 + ' ~ var('fx_tolerance') ~ ')') }}
            or {{ overlaps('a_low * fx * (1 - ' ~ var('fx_tolerance') ~ ')', 'a_high * fx * (1 + ' ~ var('fx_tolerance') ~ ')', 'b_low', 'b_high') }}
        )
        and (upper_unit in ('USD', 'CNY') or lower_unit in ('USD', 'CNY') or stated_unit in ('USD', 'CNY'))
),

-- peak compute is printed dense or with sparsity, which doubles it
sparsity as (
    select
        comparison_id,
        'sparsity' as code,
        21 as candidate_rank,
        'one is twice the other: with and without sparsity.' as because
    from ratios
    where
        (indicator like 'chip%' or indicator like 'compute%' or indicator = 'energy_efficiency')
        and b_low > 0 and a_low > 0 and a_high < 1e100 and b_high < 1e100
        and ({{ overlaps('a_low', 'a_high', 'b_low * 2', 'b_high * 2') }} or {{ overlaps('a_low * 2', 'a_high * 2', 'b_low', 'b_high') }})
),

-- what is stated stands in the same report for the same thing on another basis (FP16 printed as FP32)
mislabelled as (
    select
        disagreeing.comparison_id,
        'mislabelled_basis' as code,
        19 as candidate_rank,
        concat(
            'it is the value that line ', cast(min(figures.line) as {{ dbt.type_string() }}), ' prints for the basis ',
            min(figures.basis_key), '.'
        ) as because
    from disagreeing
    inner join figures
        on
            disagreeing.upper_source = figures.source_id
            and disagreeing.upper_subject = figures.subject
            and disagreeing.upper_unit = figures.unit
            and disagreeing.upper_figure_id <> figures.figure_id
            and disagreeing.stated_figure_id <> figures.figure_id
            and disagreeing.upper_basis <> figures.basis_key
            and disagreeing.stated_basis <> figures.basis_key
            and {{ overlaps('disagreeing.s_low', 'disagreeing.s_high', 'figures.x_low', 'figures.x_high') }}
    where disagreeing.rule in ('text_vs_table', 'repeat', 'cross_source') and disagreeing.why_not is null
    group by disagreeing.comparison_id
),

inverse as (
    select
        comparison_id,
        'inverse' as code,
        33 as candidate_rank,
        'it is the inverse: part and whole, or the two sides of the ratio, are exchanged.' as because
    from disagreeing
    where
        rule in ('share', 'ratio', 'fold')
        and e_low > 0 and s_low > 0
        and {{ overlaps('s_low', 's_high', '1 / e_high', '1 / e_low') }}
),

complement as (
    select
        comparison_id,
        'complement' as code,
        34 as candidate_rank,
        'it is the share of the rest.' as because
    from disagreeing
    where rule in ('share', 'ratio') and e_high <= 1 and {{ overlaps('s_low', 's_high', '1 - e_high', '1 - e_low') }}
),

-- share of total in which total is without the part, or part added to the whole
excluded_part as (
    select
        comparison_id,
        'share_of_rest' as code,
        35 as candidate_rank,
        'it is the part over the whole that includes (or leaves out) the part itself.' as because
    from disagreeing
    where
        rule = 'share' and q_low > 0
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
        concat(
            'the two stand on different bases: ', coalesce(nullif(stated_basis, ''), 'none stated'), ' and ',
            coalesce(nullif(upper_basis, ''), 'none stated'), '.'
        ) as because
    from disagreeing
    where
        rule in ('repeat', 'text_vs_table', 'cross_source', 'part_exceeds_whole')
        and why_not is null
        and stated_basis <> coalesce(upper_basis, stated_basis)
),

other_date as (
    select
        disagreeing.comparison_id,
        'as_of' as code,
        48 as candidate_rank,
        concat('the dates differ: ', coalesce(stated.period_label, 'none'), ' and ', coalesce(upper_figure.period_label, 'none'), '.') as because
    from disagreeing
    inner join figures as stated on disagreeing.stated_figure_id = stated.figure_id
    inner join figures as upper_figure on disagreeing.upper_figure_id = upper_figure.figure_id
    where
        disagreeing.rule in ('repeat', 'text_vs_table', 'cross_source', 'part_exceeds_whole')
        and coalesce(stated.period_label, '') <> coalesce(upper_figure.period_label, '')
),

substitutes as (
    -- another figure of the source in place of the lower input (base, whole, denominator)
    select
        disagreeing.comparison_id,
        case when disagreeing.rule in ('share', 'ratio') then 'other_whole' else 'other_base_year' end as code,
        case when figures.subject = disagreeing.lower_subject then 36 else 38 end as candidate_rank,
        concat(
            'it fits ', figures.printed, ' (line ', cast(figures.line as {{ dbt.type_string() }}), ', ',
            coalesce(figures.period_label, 'no period'), ') in place of the printed ',
            case when disagreeing.rule in ('share', 'ratio') then 'whole.' else 'base.' end
        ) as because,
        figures.line
    from disagreeing
    inner join figures
        on
            disagreeing.lower_source = figures.source_id
            and disagreeing.lower_indicator = figures.indicator
            and disagreeing.lower_unit = figures.unit
            and disagreeing.lower_figure_id <> figures.figure_id
            and disagreeing.upper_figure_id <> figures.figure_id
            and disagreeing.stated_figure_id <> figures.figure_id
            and figures.statistic = 'level'
            and figures.x_low > 0
            and figures.x_high < 1e100
            and (disagreeing.rule in ('share', 'ratio') or figures.subject = disagreeing.lower_subject)
    where
        disagreeing.rule in ('share', 'ratio', 'growth', 'cagr', 'fold')
        and disagreeing.upper_low > 0
        and disagreeing.upper_high < 1e100
        and case
            when disagreeing.rule = 'growth' then {{ overlaps('disagreeing.s_low', 'disagreeing.s_high', 'disagreeing.upper_low / figures.x_high - 1', 'disagreeing.upper_high / figures.x_low - 1') }}
            when disagreeing.rule = 'cagr' then
                disagreeing.upper_last_year - figures.last_year >= 1
                and {{ overlaps('disagreeing.s_low', 'disagreeing.s_high', 'power(disagreeing.upper_low / figures.x_high, 1.0 / nullif(disagreeing.upper_last_year - figures.last_year, 0)) - 1', 'power(disagreeing.upper_high / figures.x_low, 1.0 / nullif(disagreeing.upper_last_year - figures.last_year, 0)) - 1') }}
            else {{ overlaps('disagreeing.s_low', 'disagreeing.s_high', 'disagreeing.upper_low / figures.x_high', 'disagreeing.upper_high / figures.x_low') }}
        end

    union all

    -- another figure of the source in place of the upper input (end level, part, numerator)
    select
        disagreeing.comparison_id,
        case when disagreeing.rule in ('share', 'ratio') then 'other_part' else 'other_end_year' end,
        case when figures.subject = disagreeing.upper_subject then 37 else 39 end,
        concat(
            'it fits ', figures.printed, ' (line ', cast(figures.line as {{ dbt.type_string() }}), ', ',
            coalesce(figures.period_label, 'no period'), ') in place of the printed ',
            case when disagreeing.rule in ('share', 'ratio') then 'part.' else 'end level.' end
        ),
        figures.line
    from disagreeing
    inner join figures
        on
            disagreeing.upper_source = figures.source_id
            and disagreeing.upper_subject = figures.subject
            and disagreeing.upper_unit = figures.unit
            and disagreeing.upper_figure_id <> figures.figure_id
            and coalesce(disagreeing.lower_figure_id, '') <> figures.figure_id
            and disagreeing.stated_figure_id <> figures.figure_id
            and figures.statistic = 'level'
            and figures.x_low > 0
            and figures.x_high < 1e100
    where
        disagreeing.rule in ('share', 'ratio', 'growth', 'cagr', 'fold')
        and disagreeing.lower_low > 0
        and disagreeing.lower_high < 1e100
        and case
            when disagreeing.rule = 'growth' then {{ overlaps('disagreeing.s_low', 'disagreeing.s_high', 'figures.x_low / disagreeing.lower_high - 1', 'figures.x_high / disagreeing.lower_low - 1') }}
            when disagreeing.rule = 'cagr' then
                figures.last_year - disagreeing.lower_last_year >= 1
                and {{ overlaps('disagreeing.s_low', 'disagreeing.s_high', 'power(figures.x_low / disagreeing.lower_high, 1.0 / nullif(figures.last_year - disagreeing.lower_last_year, 0)) - 1', 'power(figures.x_high / disagreeing.lower_low, 1.0 / nullif(figures.last_year - disagreeing.lower_last_year, 0)) - 1') }}
            else {{ overlaps('disagreeing.s_low', 'disagreeing.s_high', 'figures.x_low / disagreeing.lower_high', 'figures.x_high / disagreeing.lower_low') }}
        end
),

-- one digit mistaken, two neighbours exchanged, one lost or one too many: only for numbers of three and more digits
digits as (
    select
        comparison_id,
        {{ digits_of('stated_printed') }} as digits,
        s,
        e_low,
        e_high
    from disagreeing
    where rule <> 'bounds' and abs(gap) > 0.05 and stated_printed not like '%-%' and stated_printed not like '%/%'
),

places as (
    select 1 as place union all select 2 union all select 3 union all select 4 union all select 5 union all select 6
    union all select 7 union all select 8
),

ciphers as (
    select '0' as cipher union all select '1' union all select '2' union all select '3' union all select '4'
    union all select '5' union all select '6' union all select '7' union all select '8' union all select '9'
),

misprints as (
    select
        digits.comparison_id,
        digits.s,
        digits.e_low,
        digits.e_high,
        digits.digits,
        concat(substr(digits, 1, place - 1), cipher, substr(digits, place + 1)) as variant
    from digits
    cross join places
    cross join ciphers
    where length(replace(digits, '.', '')) between 3 and 5 and place <= length(digits) and substr(digits, place, 1) between '0' and '9'
    union all
    select
        digits.comparison_id,
        digits.s,
        digits.e_low,
        digits.e_high,
        digits.digits,
        concat(substr(digits, 1, place - 1), substr(digits, place + 1, 1), substr(digits, place, 1), substr(digits, place + 2))
    from digits
    cross join places
    where length(replace(digits, '.', '')) between 3 and 5 and place < length(digits)
),

digit_slip as (
    select
        comparison_id,
        'digit' as code,
        31 as candidate_rank,
        concat('it fits ', min(variant), ' in place of the printed ', max(digits), ': one digit is wrong.') as because
    from misprints
    where
        variant <> digits
        and try_cast(digits as double) > 0
        and try_cast(variant as double) is not null
        and e_high - e_low < 0.005 * abs(e_high)
        and try_cast(variant as double) * s / try_cast(digits as double) between e_low and e_high
    group by comparison_id
),

far_over_the_whole as (
    select
        comparison_id,
        'scale' as code,
        29 as candidate_rank,
        'the part is hundreds of times the whole: a slip of the unit.' as because
    from disagreeing
    where rule = 'part_exceeds_whole' and gap > 90
),

close_by as (
    select
        comparison_id,
        case when gap is not null and abs(gap) < 0.005 then 'rounding_chain' else 'near' end as code,
        case when abs(gap) < 0.005 then 50 else 60 end as candidate_rank,
        case
            when abs(gap) < 0.005 then 'less than half a percent apart: probably computed from unrounded or revised inputs.'
            else 'less than 5 % apart: probably inputs of another edition or definition.'
        end as because
    from disagreeing
    where abs(gap) < 0.05 and rule <> 'bounds'
),

another_definition as (
    select
        comparison_id,
        'scope' as code,
        70 as candidate_rank,
        'two reports: probably another definition of what is counted.' as because
    from disagreeing
    where rule = 'cross_source'
)

select comparison_id, code, candidate_rank, because from not_comparable
union all
select comparison_id, code, candidate_rank, because from other_periods
union all
select comparison_id, code, candidate_rank, because from total_growth
union all
select comparison_id, code, candidate_rank, because from increase_by_or_to
union all
select comparison_id, code, candidate_rank, because from scale
union all
select comparison_id, code, candidate_rank, because from currency
union all
select comparison_id, code, candidate_rank, because from sparsity
union all
select comparison_id, code, candidate_rank, because from mislabelled
union all
select comparison_id, code, candidate_rank, because from inverse
union all
select comparison_id, code, candidate_rank, because from complement
union all
select comparison_id, code, candidate_rank, because from excluded_part
union all
select comparison_id, code, candidate_rank, because from other_basis
union all
select comparison_id, code, candidate_rank, because from other_date
union all
select comparison_id, code, candidate_rank, because from substitutes
union all
select comparison_id, code, candidate_rank, because from digit_slip
union all
select comparison_id, code, candidate_rank, because from far_over_the_whole
union all
select comparison_id, code, candidate_rank, because from close_by
union all
select comparison_id, code, candidate_rank, because from another_definition
