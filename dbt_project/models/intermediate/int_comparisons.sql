-- Every evaluated statement, of all rules, with its verdict. A comparison disagrees only if no values inside the
-- printed intervals make it true. Two unqualified prints of one number must share more than an end point: 71 and 72
-- companies, or 5.7 and 5.8 %, are two numbers, although 71.5 could be rounded to either. What holds only because
-- "over" or "under" opens an interval is strained; what nothing could contradict is undetermined.
{%- set is_expected = "case when {0}_status in ('forecast', 'target') then 1 else 0 end" -%}
{%- set one_kind = is_expected.format('stated') ~ ' = ' ~ is_expected.format('other') %}
with united as (
    select
        {{ comparison_columns(has=['upper_figure_id', 'lower_figure_id', 'n_years', 'q', 'q_low', 'q_high']) }}
    from {{ ref('int_comparisons__pairs') }}

    union all

    select
        {{ comparison_columns(has=['covered'], set={'found_by': "'stated'"}) }}
    from {{ ref('int_comparisons__totals') }}

    union all

    select
        {{ comparison_columns(set={
            'upper_figure_id': 'other_figure_id',
            'is_plain': "is_plain and rule in ('repeat', 'text_vs_table', 'cross_source')",
        }) }}
    from {{ ref('int_comparisons__equals') }}

    union all

    select
        {{ comparison_columns(has=['other_source_id', 'same_basis', 'same_period', 'is_plain'], set={
            'upper_figure_id': 'other_figure_id',
            'same_kind': one_kind,
            'why_not': "case
                when not same_basis
                    then concat(
                            'the basis differs: ', coalesce(nullif(stated_basis, ''), 'none stated'),
                            ' against ', coalesce(nullif(other_basis, ''), 'none stated')
                        )
                when not same_period then concat('the dates differ: ', stated_period, ' against ', other_period)
                when not (" ~ one_kind ~ ")
                    then concat('one is ', stated_status, ', the other ', other_status)
            end",
        }) }}
    from {{ ref('int_comparisons__sources') }}

    union all

    select
        {{ comparison_columns(has=['reference_id'], set={
            'same_basis': "basis_key = reference_basis or basis_key = '' or basis_key = split_part(reference_basis, ';', 1)",
            'why_not': "case
                when basis_key <> reference_basis then concat(
                        'the basis differs: ', coalesce(nullif(basis_key, ''), 'none stated'),
                        ' against ', coalesce(nullif(reference_basis, ''), 'none stated')
                    )
            end",
        }) }}
    from {{ ref('int_comparisons__references') }}

    union all

    -- proposed by soft keys: where a key stands in one place only, nobody knows whether the two are one thing
    select
        {{ comparison_columns(has=['other_source_id', 'why_not'], set={
            'upper_figure_id': 'other_figure_id',
            'same_basis': 'why_not is null',
        }) }}
    from {{ ref('int_comparisons__proposed') }}

    union all

    -- one figure alone: its unit against its own basis and indicator
    select
        {{ comparison_columns(has=['why_not']) }}
    from {{ ref('int_comparisons__units') }}
),

judged as (
    select
        *,
        -- open on the same side, or one of them on both
        (s_high >= 1e100 and e_high >= 1e100) or (s_low <= -1e100 and e_low <= -1e100)
        or (s_low <= 0 and s > 0 and s_high <= s and e_low <= 0 and e > 0 and e_high <= e)
        or (s_low <= {{ var('no_bound') }} and s_high >= 1e100) or (e_low <= -1e100 and e_high >= 1e100) as nothing_contradicts,
        -- a qualifier opens one end, and the printed numbers lie further apart than a reader would accept. Rules that only
        -- bound, and limits that somebody else has set, are meant to be far apart; so are the two ends of one band.
        rule not in ('part_exceeds_whole', 'bounds', 'reference')
        and not (rule = 'sum' and e_high >= 1e100)
        and same_basis and same_period and same_kind
        and (s_high >= 1e100 or e_high >= 1e100 or s_low <= -1e100 or e_low <= -1e100 or (s_low <= 0 and s > 0 and s_high <= s))
        and not ((s_low <= 0 and s > 0 and s_high <= s and e_high >= 1e100) or (e_low <= 0 and e > 0 and e_high <= e and s_high >= 1e100))
        and abs(s - e) > {{ var('strain') }} * greatest(abs(s), abs(e)) and abs(s - e) > 0.02 as is_strained
    from united
)

select
    *,
    case
        -- the numbers are equal, or stand alone, and what they are said to be does not fit
        when rule in ('field_conflict', 'unit_basis') then 'disagree'
        when s is null or s_low is null or e_low is null or e_high is null then 'not_comparable'
        when {{ overlaps('s_low', 's_high', 'e_low', 'e_high') }} and not (is_plain and {{ touches('s_low', 's_high', 'e_low', 'e_high') }})
            then case when nothing_contradicts then 'undetermined' when is_strained then 'strained' else 'agree' end
        when not same_basis or not same_period or not same_kind then 'not_comparable'
        else 'disagree'
    end as verdict,
    -- how far the nearest ends are apart, relative to what was expected
    case
        when s_low > e_high then (s_low - e_high) / nullif(greatest(abs(e_high), 1e-12), 0)
        when s_high < e_low then (s_high - e_low) / nullif(greatest(abs(e_low), 1e-12), 0)
        when s_low is not null and e_low is not null then 0.0
    end as gap
from judged
