-- Another kind of number: basis, day, edition, definition, or a share of more than the whole.
with disagreeing as (
    select * from {{ ref('int_explanations__disagreeing') }}
),

not_comparable as (
    select
        comparison_id,
        case
            when why_not like 'the row repeats%' then 'copied'
            when rule in ('field_conflict', 'unit_basis') then rule
            -- the one says dense or sparse, the other does not, and they are apart by the factor of sparsity
            when
                why_not like 'the basis%' and (why_not like '%dense%' or why_not like '%sparse%')
                and ({{ overlaps('s_low', 's_high', 'e_low * 2', 'e_high * 2') }} or {{ overlaps('s_low * 2', 's_high * 2', 'e_low', 'e_high') }})
                then 'sparsity'
            when why_not like 'the basis%' then 'basis'
            when why_not like 'the dates%' then 'as_of'
            else 'vintage'
        end as code,
        {{ rank_of('not_comparable') }} as candidate_rank,
        concat(why_not, '.') as because,
        concat({{ why_not_zh('why_not') }}, '。') as because_zh
    from disagreeing
    where why_not is not null
),

-- the two stand on different bases: gross and net, scenario, definition
other_basis as (
    select
        comparison_id,
        {#- a part exceeds its whole for that reason more rarely than two prints of one thing differ -#}
        {%- set bases = ["coalesce(nullif(stated_basis, ''), 'not stated')", "coalesce(nullif(upper_basis, ''), 'not stated')"] %}
        {%- set bases_zh = ["coalesce(nullif(stated_basis, ''), '未注明')", "coalesce(nullif(upper_basis, ''), '未注明')"] %}
        {{ because_one_of(
            [
                ("concat(stated_basis, upper_basis) like '%gross%' or concat(stated_basis, upper_basis) like '%net%'", 'gross_net', bases, bases_zh),
                (none, 'other_basis', bases, bases_zh),
            ],
            further="case when rule = 'part_exceeds_whole' then 24 else 0 end"
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

far_over_the_whole as (
    select
        comparison_id,
        {{ because('far_over') }}
    from disagreeing
    where rule = 'part_exceeds_whole' and gap > 90
),

-- levels of another edition differ by little, but a growth computed from them by much
revised_inputs as (
    select
        comparison_id,
        {{ because('revised_inputs') }}
    from disagreeing
    where
        rule in ('growth', 'cagr') and has_quotient
        and {{ overlaps('wanted_low', 'wanted_high', 'q_low * 0.97', 'q_high * 1.03') }}
),

revised as (
    select
        comparison_id,
        {{ because('vintage', [text_of('stated_published_on'), text_of('upper_published_on')]) }}
    from disagreeing
    where rule = 'cross_source' and abs(gap) < 0.1 and stated_published_on <> upper_published_on
),

another_definition as (
    select
        comparison_id,
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

{{ candidates_of([
    'not_comparable',
    'other_basis',
    'other_date',
    'revised_inputs',
    'revised',
    'another_definition',
    'far_over_the_whole',
]) }}
