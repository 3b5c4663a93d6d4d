-- Every evaluated statement about figures; those that hold are kept as well.
with members_of as (
    select
        comparison_id,
        figure_id
    from {{ ref('int_comparisons__members') }}
    union all
    select
        comparison_id,
        stated_figure_id
    from {{ ref('int_comparisons') }}
    where stated_figure_id is not null
    union all
    select
        comparison_id,
        upper_figure_id
    from {{ ref('int_comparisons') }}
    where upper_figure_id is not null
    union all
    select
        comparison_id,
        lower_figure_id
    from {{ ref('int_comparisons') }}
    where lower_figure_id is not null
),

-- figures that a decision put aside or corrected, and the comparisons that they take part in
decided as (
    select
        figures.figure_id,
        case
            when corrections.figure_id is null then 'deprecated'
            when corrections.holds then 'corrected'
            else 'unclear'
        end as state
    from {{ ref('int_figures__comparable') }} as figures
    left join {{ ref('int_corrections') }} as corrections on figures.figure_id = corrections.figure_id
    where corrections.figure_id is not null or figures.preference = 'deprecated'
),

touched as (
    select
        members_of.comparison_id,
        max(case when decided.state = 'unclear' then 1 else 0 end) as is_unclear,
        max(case when decided.state = 'deprecated' then 1 else 0 end) as is_deprecated,
        max(case when decided.state = 'corrected' then 1 else 0 end) as is_corrected
    from members_of
    inner join decided on members_of.figure_id = decided.figure_id
    group by members_of.comparison_id
),

members as (
    select
        comparison_id,
        {{ distinct_list_of('source_id') }} as source_ids,
        {{ list_of('figure_id', 'place') }} as figure_ids
    from {{ ref('int_comparisons__members') }}
    group by comparison_id
),

printed as (
    select
        figure_id,
        source_id,
        printed,
        line
    from {{ ref('int_figures__comparable') }}
),

-- what a person stated as a tie
ties as (
    select distinct relation_id from {{ ref('stg_relations') }}
),

described as (
    select
        comparisons.*,
        -- most comparisons have two or three figures; to group all of them would take longer than everything else
        coalesce(
            members.source_ids,
            {{ sorted_list(['stated.source_id', 'upper_figure.source_id', 'lower_figure.source_id']) }}
        ) as source_ids,
        coalesce(
            members.figure_ids,
            {{ list_without_nulls([
                'stated.figure_id',
                'nullif(upper_figure.figure_id, stated.figure_id)',
                "case when lower_figure.figure_id not in (stated.figure_id, coalesce(upper_figure.figure_id, '')) then lower_figure.figure_id end",
            ]) }}
        ) as figure_ids,
        case
            when comparisons.rule in ('growth', 'cagr', 'share') and coalesce(comparisons.stated_unit, 'percent') <> 'times' then 'percent'
            when comparisons.rule in ('growth', 'cagr', 'share', 'fold') then 'times'
            when comparisons.rule = 'bounds' and comparisons.stated_unit <> 'count' then 'percent'
            when comparisons.rule = 'currency_pair' then 'CNY per USD'
            else comparisons.stated_unit
        end as shown_unit,
        case when comparisons.rule = 'part_exceeds_whole' then comparisons.e_high else coalesce(comparisons.e, comparisons.e_high) end as follows,
        stated.printed as stated_printed,
        stated.line as stated_line,
        coalesce(upper_figure.printed, 'a typed value') as upper_printed,
        upper_figure.line as upper_line,
        coalesce(lower_figure.printed, 'a typed value') as lower_printed,
        coalesce(upper_figure.printed, '录入值') as upper_zh,
        coalesce(lower_figure.printed, '录入值') as lower_zh,
        -- a correction that does not hold corrects nothing; what was put aside and not corrected has no value
        case
            when touched.is_deprecated = 1 then 'not_comparable'
            when touched.is_corrected = 1 and touched.is_unclear = 0 then coalesce(corrected.verdict, 'not_comparable')
            else comparisons.verdict
        end as verdict_corrected
    from {{ ref('int_comparisons') }} as comparisons
    left join members on comparisons.comparison_id = members.comparison_id
    left join printed as stated on comparisons.stated_figure_id = stated.figure_id
    left join printed as upper_figure on comparisons.upper_figure_id = upper_figure.figure_id
    left join printed as lower_figure on comparisons.lower_figure_id = lower_figure.figure_id
    left join touched on comparisons.comparison_id = touched.comparison_id
    left join {{ source('raw', 'corrected_verdicts') }} as corrected on comparisons.comparison_id = corrected.comparison_id
),

-- vintages of one fact: what a publisher changed is no contradiction
revisions as (
    select
        *,
        case
            when value_after is not null and {{ overlaps('low_before', 'high_before', 'low_after', 'high_after') }} then 'agree'
            else 'not_comparable'
        end as verdict,
        case when unit in ('percent', 'pp') then 100.0 else 1.0 end as divisor
    from {{ ref('int_revisions') }}
)

select
    described.comparison_id,
    rule,
    case
        when rule = 'reference' then 'reference'
        when found_by in ('cluster', 'hierarchy', 'table', 'text') then found_by
        when described.comparison_id like '%/found.table.%' or described.comparison_id like '%.check%' then 'table'
        when described.comparison_id like '%/found.text.%' then 'text'
        when {{ is_found('described.comparison_id') }} then 'series'
        when ties.relation_id is not null then 'relation'
        else 'series'
    end as origin,
    case when {{ length_of('source_ids') }} > 1 then 'across_sources' else 'within_source' end as scope,
    source_ids,
    figure_ids,
    s as stated,
    {{ open_end('s_low') }} as stated_low,
    {{ open_end('s_high') }} as stated_high,
    e as expected,
    {{ open_end('e_low') }} as expected_low,
    {{ open_end('e_high') }} as expected_high,
    gap,
    verdict,
    verdict_corrected,
    coalesce(
        words.explanation,
        concat(
            case
                when stated_printed is null then concat('The whole is ', {{ natural('s', 'shown_unit', 'en') }})
                else concat('Printed ', stated_printed, ' (line ', {{ text_of('stated_line') }}, ')')
            end,
            '; ',
            case rule
                {{ what_follows('en', 'lower_printed', 'upper_printed', text_of('cast(round(n_years) as integer)'), "''") }}
                when 'sum' then 'its parts add up to '
                when 'product' then 'its factors give '
                when 'currency_pair' then concat('beside ', upper_printed, ' it makes ', {{ grouped('s') }}, ' CNY per USD, the rate of the year is ')
                when 'part_exceeds_whole'
                    then concat(
                            'it is a part of ', upper_printed, ' (line ', {{ text_of('upper_line') }}, ')',
                            case when follows >= 1e100 then '' else ', so at most ' end
                        )
                when 'bounds' then case when e is null then 'a count is at least ' else 'the limit is ' end
                when 'reference' then 'an outside source has '
                when 'cross_source' then concat('another report prints, in line ', {{ text_of('upper_line') }}, ', ')
                else concat('printed again in line ', {{ text_of('upper_line') }}, ', as ')
            end,
            case
                when rule = 'bounds' and e is null then '0'
                when rule = 'part_exceeds_whole' and follows >= 1e100 then ''
                else {{ natural('follows', 'shown_unit', 'en') }}
            end,
            case
                when covered is null then ''
                else concat(
                        case when rule = 'sum' then ', parts that cover ' else ', the shares together cover ' end,
                        {{ natural('covered', "'percent'", 'en') }}, case when rule = 'sum' then ' of it' else '' end
                    )
            end,
            case
                when verdict = 'agree' then ': holds within the printed precision.'
                when verdict = 'undetermined' then ': open on both sides, nothing could contradict it.'
                else ': cannot be compared, an end is open or zero.'
            end
        )
    ) as explanation,
    coalesce(
        words.explanation_zh,
        concat(
            case
                when stated_printed is null then concat('整体为 ', {{ natural('s', 'shown_unit', 'zh') }})
                else concat('第 ', {{ text_of('stated_line') }}, ' 行印为 ', stated_printed)
            end,
            '；',
            case rule
                {{ what_follows('zh', 'lower_zh', 'upper_zh', text_of('cast(round(n_years) as integer)'), "''", gap=' ') }}
                when 'sum' then '各部分合计 '
                when 'product' then '各因子之积为 '
                when 'currency_pair' then concat('与 ', upper_zh, ' 相比，合 1 美元兑 ', {{ grouped('s') }}, ' 元，当年汇率为 ')
                when 'part_exceeds_whole'
                    then concat(
                            '是 ', upper_zh, '（第 ', {{ text_of('upper_line') }}, ' 行）的一部分', case when follows >= 1e100 then '' else '，至多为 ' end
                        )
                when 'bounds' then case when e is null then '数量至少为 ' else '上限为 ' end
                when 'reference' then '外部来源为 '
                when 'cross_source' then concat('另一报告第 ', {{ text_of('upper_line') }}, ' 行印为 ')
                else concat('第 ', {{ text_of('upper_line') }}, ' 行再次印出，为 ')
            end,
            case
                when rule = 'bounds' and e is null then '0'
                when rule = 'part_exceeds_whole' and follows >= 1e100 then ''
                when rule = 'currency_pair' then concat({{ grouped('follows') }}, ' 元')
                else {{ natural('follows', 'shown_unit', 'zh') }}
            end,
            case
                when covered is null then ''
                else concat(case when rule = 'sum' then '，占整体 ' else '，各份额合计 ' end, {{ natural('covered', "'percent'", 'zh') }})
            end,
            case
                when verdict = 'agree' then '：在所印精度内成立。'
                when verdict = 'undetermined' then '：两端均开放，无从矛盾。'
                else '：一端开放或为零，无法比较。'
            end
        )
    ) as explanation_zh
from described
left join {{ ref('int_findings__words') }} as words on described.comparison_id = words.comparison_id
left join ties on substr(described.comparison_id, length(described.rule) + 2) = ties.relation_id

union all

select
    revisions.comparison_id,
    'revision' as rule,
    'series' as origin,
    'within_source' as scope,
    {{ list_without_nulls(['revisions.source_id']) }} as source_ids,
    {{ list_without_nulls(['figure_id_after', 'figure_id_before']) }} as figure_ids,
    value_after / divisor as stated,
    {{ open_end('low_after / divisor') }} as stated_low,
    {{ open_end('high_after / divisor') }} as stated_high,
    value_before / divisor as expected,
    {{ open_end('low_before / divisor') }} as expected_low,
    {{ open_end('high_before / divisor') }} as expected_high,
    case
        when low_after > high_before then (low_after - high_before) / nullif(abs(high_before), 0)
        when high_after < low_before then (low_before - high_after) / nullif(abs(low_before), 0)
        when value_after is not null then 0.0
    end as gap,
    verdict,
    verdict as verdict_corrected,
    concat(
        coalesce(concat('Printed ', printed_after), 'Nothing'), ' in the vintage of ',
        cast(changed_on as {{ dbt.type_string() }}), ', ', printed_before, ' since that of ',
        cast(known_from_before as {{ dbt.type_string() }}), '; ', because
    ) as explanation,
    concat(
        cast(changed_on as {{ dbt.type_string() }}), ' 版', coalesce(concat('印为 ', printed_after), '未列'), '，此前（',
        cast(known_from_before as {{ dbt.type_string() }}), ' 版起）为 ', printed_before, '；可能的原因：',
        coalesce(codes.label_zh, '未解释'), '。'
    ) as explanation_zh
from revisions
left join {{ ref('explanations') }} as codes on revisions.explanation_code = codes.explanation_code
