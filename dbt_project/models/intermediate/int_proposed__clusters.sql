-- One quantity printed twice with different numbers, where one of the two places leaves out what the other names (its
-- period, place, segment, entity or basis), or where both leave out the period of a named thing: candidates that a
-- person decides, no errors. A group of more than three numbers is a breakdown, no doubt; a print that agrees with one
-- of the numbers is explained by it. Each field has a join by key, so that the search is linear in the figures; which
-- groups are open is asked of numbers, and only there the texts are compared.
{# what one of two prints of a quantity may leave out, beside its basis #}
{% set fields = ['basis', 'period', 'segment', 'geography', 'entity'] %}
{% set column = {'basis': 'scope_key', 'period': 'period_key', 'segment': 'segment_key', 'geography': 'geography_key', 'entity': 'entity_key'} %}
with figures as (
    select *
    from {{ ref('int_proposed__figures') }}
    where entity is not null or segment is not null
),
{% for field in fields %}
    {% set keys = ['quantity'] %}
    {%- for other in fields if other not in ('basis', field) %}{% do keys.append(column[other]) %}{% endfor %}
    {% set group_number = hash_of("concat_ws('~', " ~ keys | join(', ') ~ ")") %}
    {{ field }}_groups as (
        select
            {{ group_number }} as group_number,
            count(case when {{ column[field] }} = '' then 1 end) as n_blank,
            count(case when {{ column[field] }} <> '' then 1 end) as n_named
        from figures
        group by {{ group_number }}
    ),

    {{ field }}_open as (
        select
            {{ group_number }} as group_number,
            figures.*
        from figures
        where {{ group_number }} in (
                select group_number
                from {{ field }}_groups
                where n_blank between 1 and 3 and n_named between 1 and 3
            )
    ),

    {{ field }}_pairs as (
        select
            blank.figure_id as blank_figure_id,
            named.figure_id as named_figure_id,
            '{{ field }}' as missing,
            named.{{ column[field] }} as named_as
        from {{ field }}_open as blank
        inner join {{ field }}_open as named
            on
                blank.group_number = named.group_number
                and blank.{{ column[field] }} = ''
                and named.{{ column[field] }} <> ''
                {%- for key in keys %}
                    and blank.{{ key }} = named.{{ key }}
                {%- endfor %}
        where blank.scope_key = named.scope_key or blank.scope_key = '' or named.scope_key = ''
    ),
{% endfor %}
-- the specification of a thing, printed without a time in both places
undated as (
    select
        figures.*,
        concat_ws('~', quantity, entity_key, segment_key, geography_key, scope_key) as group_key,
        count(*) over (partition by quantity, entity_key, segment_key, geography_key, scope_key) as n
    from figures
    where period_key = '' and entity is not null
),

undated_pairs as (
    select
        first_print.figure_id as blank_figure_id,
        again.figure_id as named_figure_id,
        '' as missing,
        '' as named_as
    from undated as first_print
    inner join undated as again
        on
            first_print.group_key = again.group_key
            and (
                first_print.source_position < again.source_position
                or (first_print.source_position = again.source_position and first_print.line < again.line)
            )
    where first_print.n <= 3
),

pairs as (
    {% for field in fields -%}
        select * from {{ field }}_pairs
        union all
    {% endfor -%}
    select * from undated_pairs
),

valued as (
    select
        pairs.blank_figure_id,
        pairs.missing,
        pairs.named_as,
        blank.source_id as blank_source,
        blank.source_position as blank_position,
        blank.line as blank_line,
        blank.table_id as blank_table,
        blank.v as blank_v,
        named.figure_id as named_figure_id,
        named.source_id as named_source,
        named.source_position as named_position,
        named.line as named_line,
        named.table_id as named_table,
        named.v as named_v,
        named.unit_kind,
        blank.scope_key as blank_scope,
        named.scope_key as named_scope,
        -- a rate of the year is not the rate that the author used
        blank.v_low * (1 - case when blank.currency <> named.currency then {{ var('fx_tolerance') }} else 0 end) as blank_low,
        blank.v_high * (1 + case when blank.currency <> named.currency then {{ var('fx_tolerance') }} else 0 end) as blank_high,
        named.v_low as named_low,
        named.v_high as named_high
    from pairs
    inner join figures as blank on pairs.blank_figure_id = blank.figure_id
    inner join figures as named on pairs.named_figure_id = named.figure_id
),

judged as (
    select
        *,
        case when {{ overlaps('blank_low', 'blank_high', 'named_low', 'named_high') }} then 1 else 0 end as agrees
    from valued
),

explained as (
    select
        *,
        max(agrees) over (partition by blank_figure_id, missing) as blank_agrees,
        max(agrees) over (partition by named_figure_id, missing) as named_agrees,
        row_number() over (partition by blank_figure_id, named_figure_id order by missing) as copy
    from judged
),

kept as (
    select
        *,
        blank_position < named_position or (blank_position = named_position and blank_line < named_line) as blank_is_first
    from explained
    where
        blank_agrees = 0
        and named_agrees = 0
        and copy = 1
        -- cells of one table and numbers of one line are put beside each other because they differ
        and not (blank_source = named_source and (coalesce(blank_table = named_table, false) or blank_line = named_line))
        -- a count with a qualifier counts some of the things
        and not (
            unit_kind = 'count' and blank_source = named_source
            and (
                (missing not in ('period', '') and named_v < blank_v)
                or (named_scope <> '' and blank_scope = '' and named_v < blank_v)
                or (blank_scope <> '' and named_scope = '' and blank_v < named_v)
            )
        )
)

select
    case when blank_is_first then named_figure_id else blank_figure_id end as stated_figure_id,
    case when blank_is_first then blank_figure_id else named_figure_id end as other_figure_id,
    case when blank_source = named_source then 'repeat' else 'cross_source' end as rule,
    'cluster' as found_by,
    case missing
        when '' then null
        when 'basis' then concat('the basis stands in one place only: ', named_as)
        when 'period' then concat('the dates stand in one place only: ', named_as)
        else concat('the ', missing, ' stands in one place only: ', named_as)
    end as why_not
from kept
