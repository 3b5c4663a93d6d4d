-- What is claimed, by whom, where; what follows; why it does not fit: a title and a sentence for each disagreement, in
-- English and Chinese.
{%- set both_may_be_right = "explanation_code in ('as_of', 'basis', 'scope', 'gross_net', 'vintage', 'rounding_chain', 'near', 'open_bound')" %}
with found as (
    select
        comparisons.*,
        explanations.explanation_code,
        explanations.because,
        explanations.because_zh,
        substr(comparisons.comparison_id, length(comparisons.rule) + 2) as relation_id,
        case
            when comparisons.rule in ('growth', 'cagr', 'share') and coalesce(comparisons.stated_unit, 'percent') <> 'times' then 'percent'
            when comparisons.rule in ('growth', 'cagr', 'share', 'fold') then 'times'
            when comparisons.rule = 'bounds' and comparisons.stated_unit <> 'count' then 'percent'
            -- a ratio below one is said in percent
            when comparisons.stated_unit = 'ratio' and comparisons.s > 0 and comparisons.s < 1 then 'percent'
            else comparisons.stated_unit
        end as shown_unit
    from {{ ref('int_comparisons') }} as comparisons
    inner join {{ ref('int_explanations') }} as explanations on comparisons.comparison_id = explanations.comparison_id
),

-- inputs that are typed, not printed, and what sums and products are made of
inputs as (
    select
        found.comparison_id,
        found.rule,
        terms.role,
        terms.position,
        terms.figure_id,
        terms.x,
        -- a typed factor of a duration is so many years
        case when terms.figure_id is null and found.stated_unit = 's' and terms.x >= 60 then 's' else terms.unit end as unit
    from found
    inner join {{ ref('int_relations__terms') }} as terms on found.relation_id = terms.relation_id and found.rule = terms.rule
),

terms as (
    select
        terms.comparison_id,
        terms.rule,
        terms.role,
        terms.position,
        terms.figure_id,
        {%- for language in ['en', 'zh'] %}
            concat(
                case terms.role when 'minus' then '− ' when 'divisor' then '÷ ' when 'factor' then '× ' else '+ ' end,
                {{ natural('terms.x', 'terms.unit', language) }}
            ) as word_{{ language }},
        {%- endfor %}
        terms.x
    from inputs as terms
),

made_of as (
    select
        comparison_id,
        {%- for language in ['en', 'zh'] %}
            {{ join_ordered('word_' ~ language, "case role when 'divisor' then 2000 when 'minus' then 1000 else 0 end + position", ' ') }} as terms_{{ language }},
        {%- endfor %}
        count(*) as n_terms
    from terms
    where rule in ('sum', 'product', 'mean') and role in ('part', 'minus', 'factor', 'divisor', 'figure')
    group by comparison_id
),

typed as (
    select
        comparison_id,
        max(case when role in ('to', 'part', 'numerator', 'usd') then x end) as upper_x,
        max(case when role in ('from', 'whole', 'denominator') then x end) as lower_x
    from terms
    where figure_id is null and rule in ('growth', 'fold', 'cagr', 'share', 'ratio', 'currency_pair')
    group by comparison_id
),

references_ as (
    select
        reference_id,
        min(citation) as citation
    from {{ ref('int_reference_values') }}
    group by reference_id
),

joined as (
    select
        found.*,
        {%- for language in ['en', 'zh'] %}
            {%- for side in ['stated', 'upper_figure', 'lower_figure'] %}
                {{ side }}.value_{{ language }} as {{ side }}_value_{{ language }},
                {{ side }}.subject_{{ language }} as {{ side }}_subject_{{ language }},
                {{ side }}.publisher_{{ language }} as {{ side }}_publisher_{{ language }},
            {%- endfor %}
            made_of.terms_{{ language }},
            -- what tells the two inputs apart; a second print from the first
            {%- for side, other in [('upper_figure', 'lower_figure'), ('lower_figure', 'upper_figure')] %}
                concat_ws(
                    '{{ ', ' if language == 'en' else '，' }}',
            {%- for told, word in [
                ('indicator', 'indicator_' ~ language), ('entity', 'entity' ~ ('_zh' if language == 'zh' else '')),
                ('segment_en', 'segment_' ~ language), ('geography_en', 'geography_' ~ language),
                ('period_label', 'period_' ~ ('zh' if language == 'zh' else 'label')),
            ] %}
                        case
                            when {{ side }}.{{ told }} <> coalesce({{ other }}.{{ told }}, case when {{ other }}.figure_id is null then stated.{{ told }} end, '')
                                then {{ side }}.{{ word }}
                        end,
                    {%- endfor %}
                    case when {{ side }}.source_id <> stated.source_id then {{ side }}.publisher_{{ language }} end,
                    {{ "concat('line ', " ~ text_of(side ~ '.line') ~ ")" if language == 'en' else "concat('第 ', " ~ text_of(side ~ '.line') ~ ", ' 行')" }}
                ) as {{ side }}_place_{{ language }},
            {%- endfor %}
        {%- endfor %}
        stated.source_id as stated_source,
        upper_figure.source_id as upper_source,
        stated.line as stated_line,
        stated.currency as stated_currency,
        stated.counted as stated_counted,
        nullif(upper_figure.unit, 'times') as upper_unit,
        nullif(lower_figure.unit, 'times') as lower_unit,
        made_of.n_terms,
        typed.upper_x,
        typed.lower_x,
        nullif(concat_ws('; ', references_.citation, divisors.citation), '') as citation,
        {%- for language, also in [('en', ' and '), ('zh', '与')] %}
            nullif(
                concat_ws('{{ also }}', {{ without_address('references_.citation') }}, {{ without_address('divisors.citation') }}), ''
            ) as cited_{{ language }},
        {%- endfor %}
        codes.label_en as code_en,
        codes.label_zh as code_zh
    from found
    left join {{ ref('int_findings__figures') }} as stated on found.stated_figure_id = stated.figure_id
    left join {{ ref('int_findings__figures') }} as upper_figure on found.upper_figure_id = upper_figure.figure_id
    left join {{ ref('int_findings__figures') }} as lower_figure on found.lower_figure_id = lower_figure.figure_id
    left join made_of on found.comparison_id = made_of.comparison_id
    left join typed on found.comparison_id = typed.comparison_id
    -- what a quotient of two things is compared with is a quotient of two references
    left join references_ on split_part(found.reference_id, ' over ', 1) = references_.reference_id
    left join references_ as divisors
        on split_part(found.reference_id, ' over ', 2) = divisors.reference_id and references_.citation <> divisors.citation
    left join {{ ref('explanations') }} as codes on found.explanation_code = codes.explanation_code
),

-- the amounts of a sentence, one a row: how an amount is said is a long expression, and is worked out once a language
amounts as (
    select
        comparison_id,
        's' as place,
        s as x,
        shown_unit as unit,
        cast(null as {{ dbt.type_string() }}) as counted
    from joined
    where stated_value_en is null or stated_value_zh is null or stated_currency <> shown_unit
    union all
    select
        comparison_id,
        'follows',
        coalesce(e, e_high),
        shown_unit,
        stated_counted
    from joined
    union all
    select
        comparison_id,
        'upper_figure',
        upper_x,
        case when rule = 'currency_pair' then 'USD' else lower_unit end,
        null
    from joined
    where upper_figure_value_en is null or upper_figure_value_zh is null
    union all
    select
        comparison_id,
        'lower_figure',
        lower_x,
        case when rule = 'currency_pair' then 'USD' else upper_unit end,
        null
    from joined
    where lower_figure_value_en is null or lower_figure_value_zh is null
    union all
    select
        comparison_id,
        'covered',
        covered,
        'percent',
        null
    from joined
    where rule = 'sum'
    union all
    select
        comparison_id,
        'covered_or_s',
        coalesce(covered, s),
        'percent',
        null
    from joined
    where rule = 'bounds'
),

said as (
    select
        comparison_id,
        place,
        {{ natural('x', 'unit', 'en', 'counted') }} as amount_en,
        {{ natural('x', 'unit', 'zh', 'counted') }} as amount_zh
    from amounts
),

said_together as (
    select
        comparison_id as said_id,
        {%- for place in ['s', 'follows', 'upper_figure', 'lower_figure', 'covered', 'covered_or_s'] %}
            max(case when place = '{{ place }}' then amount_en end) as said_{{ place }}_en,
            max(case when place = '{{ place }}' then amount_zh end) as said_{{ place }}_zh,
        {%- endfor %}
        count(*) as n_amounts
    from said
    group by comparison_id
),

spoken as (
    select
        *,
        {%- for language in ['en', 'zh'] %}
        -- an amount that was converted for the comparison is shown in both currencies
            concat(
                coalesce(stated_value_{{ language }}, said_s_{{ language }}),
                case
                    when stated_currency in ('USD', 'CNY') and shown_unit in ('USD', 'CNY') and stated_currency <> shown_unit and rule <> 'currency_pair'
                        then concat('{{ ' (' if language == 'en' else '（' }}', said_s_{{ language }}, '{{ ')' if language == 'en' else '）' }}')
                    else ''
                end
            ) as claim_{{ language }},
            said_follows_{{ language }} as follows_{{ language }},
            {%- for side in ['upper_figure', 'lower_figure'] %}
                case
                    when {{ side }}_value_{{ language }} is not null
                        then concat({{ side }}_value_{{ language }}, '{{ ' (' if language == 'en' else '（' }}', {{ side }}_place_{{ language }}, '{{ ')' if language == 'en' else '）' }}')
                    else said_{{ side }}_{{ language }}
                end as {{ side }}_{{ language }},
            {%- endfor %}
        {%- endfor %}
        {{ text_of('cast(round(n_years) as integer)') }} as years,
        coalesce(stated_source <> upper_source, false) as is_across
    from joined
    inner join said_together on joined.comparison_id = said_together.said_id
),

worded as (
    select
        comparison_id,
        -- the reason stands in the title where it says that the two may both be right
        concat(
            case rule
                when 'part_exceeds_whole'
                    then concat(
                            stated_subject_en, ' is ', claim_en, case when is_across then concat(' in ', stated_publisher_en) else '' end,
                            ', more than the ', upper_figure_subject_en, case when is_across then concat(' in ', upper_figure_publisher_en) else '' end,
                            case when shown_unit = 'percent' then ', which it should not exceed: ' else ', of which it is a part: ' end, upper_figure_value_en
                        )
                when 'cross_source'
                    then concat(
                            stated_subject_en, ': ', claim_en, ' in ', stated_publisher_en, ', ', upper_figure_value_en, ' in ', upper_figure_publisher_en
                        )
                when 'repeat'
                    then concat(
                            stated_subject_en, ': ', claim_en, ' in one place, ', upper_figure_value_en, ' in another'
                        )
                when 'text_vs_table' then concat(stated_subject_en, ': ', claim_en, ' or ', upper_figure_value_en, ', text and table differ')
                when 'unit_basis' then concat(stated_subject_en, ': ', claim_en, ', a unit that it cannot have')
                when 'field_conflict' then concat('the same ', claim_en, ' for ', stated_subject_en, ' and for ', upper_figure_subject_en)
                when 'currency_pair'
                    then concat(
                            stated_subject_en, ': ', claim_en, ' and ', coalesce(upper_figure_value_en, upper_figure_en), ' for one amount, which makes ', {{ grouped('s') }},
                            ' CNY per USD (the rate of the year was ', {{ grouped('e') }}, ')'
                        )
                when 'reference' then concat(stated_subject_en, ': ', claim_en, ', but ', follows_en, ' by ', coalesce(cited_en, reference_id))
                when 'bounds'
                    then concat(
                            stated_subject_en, ': shares that exclude one another add up to ', said_covered_or_s_en
                        )
                when 'sum' then concat(coalesce(stated_subject_en, 'a whole'), ': ', claim_en, ', but the parts add up to ', follows_en)
                when 'mean' then concat(coalesce(stated_subject_en, 'a mean'), ': ', claim_en, ', but the mean is ', follows_en)
                when 'cagr' then concat(stated_subject_en, ': ', claim_en, ', but the first and the last year give ', follows_en)
                when 'fold' then concat(stated_subject_en, ': ', claim_en, ', but the two values give ', follows_en)
                when 'growth' then concat(stated_subject_en, ': ', claim_en, ', but the two values give ', follows_en)
                else concat(coalesce(stated_subject_en, 'a value'), ': ', claim_en, ', but the figures it rests on give ', follows_en)
            end,
            case
                when {{ both_may_be_right }} then concat(' (', code_en, ')')
                else ''
            end
        ) as headline_en,
        concat(
            case rule
                when 'part_exceeds_whole'
                    then concat(
                            stated_subject_zh, '为 ', claim_zh, case when is_across then concat('（', stated_publisher_zh, '）') else '' end,
                            case when shown_unit = 'percent' then '，超过了本应更高的' else '，大于其所属的' end, upper_figure_subject_zh, '：', upper_figure_value_zh, case when is_across then concat('（', upper_figure_publisher_zh, '）') else '' end
                        )
                when 'cross_source'
                    then concat(
                            stated_subject_zh, '：', stated_publisher_zh, '为 ', claim_zh, '，', upper_figure_publisher_zh, '为 ', upper_figure_value_zh
                        )
                when 'repeat' then concat(stated_subject_zh, '：一处为 ', claim_zh, '，另一处为 ', upper_figure_value_zh)
                when 'text_vs_table' then concat(stated_subject_zh, '：', claim_zh, '与 ', upper_figure_value_zh, '，正文与表格不一')
                when 'unit_basis' then concat(stated_subject_zh, '：', claim_zh, '，单位与其所指不符')
                when 'field_conflict' then concat('同一数值 ', claim_zh, ' 既指', stated_subject_zh, '，又指', upper_figure_subject_zh)
                when 'currency_pair'
                    then concat(
                            stated_subject_zh, '：同一金额印为 ', claim_zh, ' 与 ', coalesce(upper_figure_value_zh, upper_figure_zh), '，合 1 美元兑 ', {{ grouped('s') }},
                            ' 元（当年汇率为 ', {{ grouped('e') }}, '）'
                        )
                when 'reference' then concat(stated_subject_zh, '：', claim_zh, '，而', coalesce(cited_zh, reference_id), '为 ', follows_zh)
                when 'bounds' then concat(stated_subject_zh, '：互斥份额合计 ', said_covered_or_s_zh)
                when 'sum' then concat(coalesce(stated_subject_zh, '整体'), '：', claim_zh, '，而各部分合计 ', follows_zh)
                when 'mean' then concat(coalesce(stated_subject_zh, '平均值'), '：', claim_zh, '，而平均为 ', follows_zh)
                when 'cagr' then concat(stated_subject_zh, '：', claim_zh, '，而按首末年数值应为 ', follows_zh)
                when 'fold' then concat(stated_subject_zh, '：', claim_zh, '，而按前后两数应为 ', follows_zh)
                when 'growth' then concat(stated_subject_zh, '：', claim_zh, '，而按前后两数应为 ', follows_zh)
                else concat(coalesce(stated_subject_zh, '数值'), '：', claim_zh, '，而按其所依据的数据应为 ', follows_zh)
            end,
            case
                when {{ both_may_be_right }} then concat('（', code_zh, '）')
                else ''
            end
        ) as headline_zh,
        concat(
            case
                when stated_subject_en is null then concat('The whole is ', claim_en)
                else concat(stated_publisher_en, ' (line ', {{ text_of('stated_line') }}, ') says ', claim_en, ' for the ', stated_subject_en)
            end,
            '; ',
            case rule
                {{ what_follows('en', 'lower_figure_en', 'upper_figure_en', 'years', 'follows_en', yearly="concat(follows_en, ' a year')") }}
                when 'sum' then concat('its parts', case when n_terms <= 6 then concat(' (', trim(leading '+ ' from terms_en), ')') else '' end, ' add up to ', follows_en, coalesce(concat(' and cover ', said_covered_en, ' of it'), ''))
                when 'product' then concat(case when n_terms <= 6 then concat(trim(leading '× ' from terms_en), ' gives ') else 'its factors give ' end, follows_en)
                when 'currency_pair'
                    then concat(
                            'beside ', upper_figure_en, ' that makes ', {{ grouped('s') }}, ' CNY per USD, and the rate of the year was ', {{ grouped('e') }}
                        )
                when 'part_exceeds_whole'
                    then case
                            -- a share is not a part of another share: something was said to be behind or below it
                            when shown_unit = 'percent' then concat('it should not exceed the ', upper_figure_subject_en, ', which is ', upper_figure_en)
                            else concat('it is a part of the ', upper_figure_subject_en, ', which is ', upper_figure_en)
                        end
                when 'bounds'
                    then case
                            when e is null then 'a count is at least 0'
                            else concat('the shares together cover ', said_covered_or_s_en, ', at most ', follows_en, ' is possible')
                        end
                when 'reference' then concat('an outside source has ', follows_en, ' (', coalesce(citation, reference_id), ')')
                when 'unit_basis' then 'no figure of this kind has that unit'
                when 'field_conflict' then concat('elsewhere the same number stands for ', upper_figure_subject_en, ' (', upper_figure_place_en, ')')
                else concat('elsewhere it is ', upper_figure_en)
            end,
            '; ',
            because
        ) as explanation,
        concat(
            case
                when stated_subject_zh is null then concat('整体为 ', claim_zh)
                else concat(stated_publisher_zh, '（第 ', {{ text_of('stated_line') }}, ' 行）称', stated_subject_zh, '为 ', claim_zh)
            end,
            '；',
            case rule
                {{ what_follows('zh', 'lower_figure_zh', 'upper_figure_zh', 'years', 'follows_zh') }}
                when 'sum' then concat('各部分', case when n_terms <= 6 then concat('（', trim(leading '+ ' from terms_zh), '）') else '' end, '合计 ', follows_zh, coalesce(concat('，占整体 ', said_covered_zh), ''))
                when 'product' then concat(case when n_terms <= 6 then concat(trim(leading '× ' from terms_zh), ' 得 ') else '各因子之积为 ' end, follows_zh)
                when 'currency_pair'
                    then concat(
                            '与 ', upper_figure_zh, '相比，合 1 美元兑 ', {{ grouped('s') }}, ' 元，而当年汇率为 ', {{ grouped('e') }}
                        )
                when 'part_exceeds_whole'
                    then case
                            when shown_unit = 'percent' then concat('它不应超过', upper_figure_subject_zh, '，而后者为 ', upper_figure_zh)
                            else concat('它是', upper_figure_subject_zh, '的一部分，而后者为 ', upper_figure_zh)
                        end
                when 'bounds'
                    then case
                            when e is null then '数量至少为 0'
                            else concat('各份额合计 ', said_covered_or_s_zh, '，至多只能为 ', follows_zh)
                        end
                when 'reference' then concat('外部来源为 ', follows_zh, '（', coalesce(citation, reference_id), '）')
                when 'unit_basis' then '此类数值不应有该单位'
                when 'field_conflict' then concat('另一处（', upper_figure_place_zh, '）同一数值指', upper_figure_subject_zh)
                else concat('另一处为 ', upper_figure_zh)
            end,
            '；',
            because_zh
        ) as explanation_zh,
        stated_publisher_en,
        stated_publisher_zh,
        is_across
    from spoken
)

select
    comparison_id,
    -- "Publisher: what it says"; where two disagree, the title names both
    case
        when is_across or stated_publisher_en is null then concat(upper(substr(headline_en, 1, 1)), substr(headline_en, 2))
        else concat(stated_publisher_en, ': ', headline_en)
    end as title,
    case when is_across or stated_publisher_zh is null then headline_zh else concat(stated_publisher_zh, '：', headline_zh) end as title_zh,
    explanation,
    explanation_zh
from worded
