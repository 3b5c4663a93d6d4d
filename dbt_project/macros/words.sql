{#- Sentences for people, in English and Chinese. A language is 'en' or 'zh'. -#}

{#- A number with four significant digits, whole numbers from 1,000 on with their digits in groups. -#}
{% macro grouped(x) -%} {{ return(adapter.dispatch('grouped', 'ai_figures')(x)) }} {%- endmacro %}
{% macro default__grouped(x) -%}
  case when abs({{ x }}) >= 1000 then format('{:,}', cast(round({{ x }}) as bigint)) else {{ significant(x, 4) }} end
{%- endmacro %}
{#- format_number would round a half to the even neighbour; round() goes away from zero, as DuckDB's does. -#}
{% macro spark__grouped(x) -%}
  case when abs({{ x }}) >= 1000 then format_number(cast(round({{ x }}) as bigint), 0) else {{ significant(x, 4) }} end
{%- endmacro %}

{#- Units as they are said. -#}
{% macro unit_word(unit, language) -%}
  {%- if language == 'en' -%}
  replace(replace({{ unit }}, '/Mtoken', ' per million tokens'), 'CNY/kWh', 'CNY per kWh')
  {%- else -%}
  replace(replace(replace(replace({{ unit }}, '/Mtoken', '/百万 token'), '/kWh', '/千瓦时'), 'USD', '美元'), 'CNY', '元')
  {%- endif -%}
{%- endmacro %}

{#- A counted noun after a number: 1 company, 2 companies. -#}
{% macro plural(noun, x) -%}
  case
    when {{ noun }} is null then ''
    when abs({{ x }}) = 1 then concat(' ', {{ noun }})
    when {{ noun }} = 'person' then ' people'
    when {{ noun }} like '%y' and {{ noun }} not like '%ey' then concat(' ', substr({{ noun }}, 1, length({{ noun }}) - 1), 'ies')
    when {{ noun }} like '%s' or {{ noun }} like '%x' or {{ noun }} like '%ch' then concat(' ', {{ noun }}, 'es')
    else concat(' ', {{ noun }}, 's')
  end
{%- endmacro %}

{#-
  A value as a person says it: 7 years, 367 bn USD, 93.41 %, 5,734 companies; 7 年, 3,670 亿美元. A fraction whose unit is
  percent is shown as such. `counted` is the noun of a count (English; in Chinese the sentence names it).
-#}
{% macro natural(x, unit, language, counted="cast(null as " ~ dbt.type_string() ~ ")") -%}
  {%- set zh = language == 'zh' -%}
  case
    when {{ x }} is null then {{ "'未知数值'" if zh else "'an unknown amount'" }}
    when abs({{ x }}) >= 1e100 then {{ "'任意数值'" if zh else "'any amount'" }}
    when {{ unit }} = 'percent' then concat({{ grouped(x ~ ' * 100') }}, ' %')
    when {{ unit }} = 'pp' then concat({{ grouped(x ~ ' * 100') }}, {{ "' 个百分点'" if zh else "' percentage points'" }})
    when {{ unit }} in ('times', 'multiple') then concat({{ grouped(x) }}, {{ "' 倍'" if zh else "' times'" }})
    when {{ unit }} = 'rank' then concat({{ "'第 '" if zh else "'rank '" }}, {{ grouped(x) }})
    -- 95 minutes, not 1.583 hours
    when {{ unit }} = 's' and abs({{ x }}) >= 60 and abs({{ x }}) < 7200
      then concat({{ grouped(x ~ ' / 60') }}, ' ', {{ "'分钟'" if zh else "case when " ~ x ~ " = 60 then 'minute' else 'minutes' end" }})
    {%- for least, divisor, name in display_steps()['s'] if name != 'minutes' %}
    {%- set said = {'years': '年', 'days': '天', 'hours': '小时'}[name] if zh else name %}
    when {{ unit }} = 's' and abs({{ x }}) >= {{ least }}
      then concat({{ grouped(x ~ ' / ' ~ divisor) }}, ' ', {{ "'" ~ said ~ "'" if zh else "case when " ~ x ~ " = " ~ divisor ~ " then '" ~ name[:-1] ~ "' else '" ~ name ~ "' end" }})
    {%- endfor %}
    when {{ unit }} = 's' then concat({{ grouped(x) }}, {{ "' 秒'" if zh else "' seconds'" }})
    {%- for least, divisor, name in display_steps()['si'] %}
    when {{ unit }} in ('FLOPS', 'OPS', 'W', 'Wh', 'B', 'B/s', 'FLOPS/W', 'Hz') and abs({{ x }}) >= {{ least }}
      then concat({{ grouped(x ~ ' / ' ~ divisor) }}, ' {{ name }}', {{ unit }})
    {%- endfor %}
    {%- for divisor, name in ([(1e12, '万亿'), (1e8, '亿'), (1e4, '万')] if zh else [(1e12, 'tn'), (1e9, 'bn'), (1e6, 'm')]) %}
    when abs({{ x }}) >= {{ divisor }}{{ ' and (abs(' ~ x ~ ') >= 1e6 or round(' ~ x ~ ' / 100) * 100 = ' ~ x ~ ')' if divisor == 1e4 }} and coalesce({{ unit }}, '') not in ('nm', 'm', 'm2')
      then concat(
        {{ grouped(x ~ ' / ' ~ divisor) }}, ' {{ name }}',
        case
          when {{ unit }} = 'count' then {{ "''" if zh else plural(counted, x) }}
          when {{ unit }} is null or {{ unit }} = 'ratio' then ''
          else concat('{{ '' if zh else ' ' }}', {{ unit_word(unit, language) }})
        end
      )
    {%- endfor %}
    when {{ unit }} = 'count' then concat({{ grouped(x) }}, {{ "''" if zh else plural(counted, x) }})
    when {{ unit }} is null or {{ unit }} = 'ratio' then {{ grouped(x) }}
    else concat({{ grouped(x) }}, ' ', {{ unit_word(unit, language) }})
  end
{%- endmacro %}

{#- "the basis differs: A against B" in Chinese. The models that judge comparability write these few forms. -#}
{% macro why_not_zh(text) -%}
  {%- set forms = [
    ('the basis differs: ', '口径不同：'), ('the dates differ: ', '时点不同：'), ('the statistic differs: ', '统计方式不同：'),
    ('the basis stands in one place only: ', '仅一处注明口径：'), ('the dates stand in one place only: ', '仅一处注明时点：'),
    ('the entity stands in one place only: ', '仅一处注明主体：'), ('the segment stands in one place only: ', '仅一处注明细分：'),
    ('the geography stands in one place only: ', '仅一处注明地区：'),
    ('the unit does not fit: ', '单位不符：'), (' for the basis ', ' 用于口径 '), (' for the indicator ', ' 用于指标 '),
    ('the row repeats', '该行重复了'), (' against ', ' 与 '), ('none stated', '未注明'),
    ('one is ', '一为'), (', the other ', '，另一为'), ('forecast', '预测'), ('actual', '实际'), ('estimate', '估计'),
    ('target', '目标'), ('claim', '宣称'),
  ] -%}
  {%- set ns = namespace(sql=text) -%}
  {%- for en, zh in forms -%}{%- set ns.sql = "replace(" ~ ns.sql ~ ", '" ~ en ~ "', '" ~ zh ~ "')" -%}{%- endfor -%}
  {{ ns.sql }}
{%- endmacro %}

{#-
  A reason that int_explanations__candidates finds, as a text in one language: {} of its words stands for what is filled
  in, `arguments` are SQL texts.
-#}
{% macro reason(key, arguments, language) -%}
  {%- set words = {
    'periods_more': ('it fits {} years, {} more than printed.', '按 {} 年计算则吻合，比所印多 {} 年。'),
    'periods_fewer': ('it fits {} years, {} fewer than printed.', '按 {} 年计算则吻合，比所印少 {} 年。'),
    'total_growth': ('it is the growth over the whole span, not a yearly rate.', '所印为整个期间的增幅，而非年率。'),
    'simple_average': ('it is the total growth divided by the years, not compounded.', '所印为总增幅除以年数，未按复利计算。'),
    'increase_to': ('it is the ratio of the two (increase to), not the increase.', '所印为两者之比（增至），而非增幅。'),
    'increase_by': ('it is the increase of one over the other (increase by), not the ratio.', '所印为增幅（增加了），而非两者之比。'),
    'decrease_to': ('it is what is left (decrease to), not the decrease.', '所印为剩余部分（降至），而非降幅。'),
    'scale': ('it fits when one of the two is multiplied by {}: a slip of the unit.', '其中一数乘以 {} 则吻合：数量级之误。'),
    'currency': ('it fits at {} CNY per USD: an amount in one currency labelled as the other.', '按 1 美元兑 {} 元换算则吻合：币种标错。'),
    'sparsity': ('one is twice the other: with and without sparsity.', '一数为另一数的两倍：是否计入稀疏。'),
    'mislabelled': ('it is the value that line {} prints for the basis {}.', '这是第 {} 行为口径 {} 所印的数值。'),
    'other_year': ('it is the value that line {} prints for {}.', '这是第 {} 行为 {} 所印的数值。'),
    'inverse': ('it is the inverse: part and whole, or the two sides of the ratio, are exchanged.', '所印为倒数：部分与整体（或比值两端）颠倒。'),
    'complement': ('it is the share of the rest.', '所印为其余部分的占比。'),
    'share_of_rest': ('it is the part over the whole that includes (or leaves out) the part itself.', '所印为该部分占“含（或不含）该部分的整体”的比例。'),
    'other_basis': ('the two stand on different bases: {} and {}.', '两数口径不同：{} 与 {}。'),
    'other_date': ('the dates differ: {} and {}.', '两数时点不同：{} 与 {}。'),
    'same_series': ('it fits {} (line {}, {}) in place of the printed {}.', '若以 {}（第 {} 行，{}）代替所印的{}则吻合。'),
    'statement_of_other_year': ('it is what the figures of {} give.', '这是由 {} 的数值得出的结果。'),
    'other_whole': ('it fits {} (line {}, {}) in place of the printed whole.', '若以 {}（第 {} 行，{}）作为整体则吻合。'),
    'part_scale': ('it fits when its part {} (line {}) is multiplied or divided by {}: a slip of the unit.', '其中一项 {}（第 {} 行）乘以或除以 {} 则吻合：数量级之误。'),
    'part_left_out': ('it fits without the part {} (line {}).', '不计 {}（第 {} 行）则吻合。'),
    'counted_twice': ('it fits when the part {} (line {}) is counted twice.', '{}（第 {} 行）计两次则吻合。'),
    'digit': ('it fits {} in place of the printed {} (line {}): one digit is wrong.', '若为 {} 而非所印的 {}（第 {} 行）则吻合：一位数字有误。'),
    'copied': ('the same digits stand in line {} for another thing: copied.', '第 {} 行为另一事项印有相同数字：疑为误抄。'),
    'swapped': ('it fits {} (line {}), and that one this: the two are exchanged.', '与 {}（第 {} 行）互换则两者均吻合：两数颠倒。'),
    'precision': ('it fits when {} (line {}) is rounded to fewer digits than it shows.', '{}（第 {} 行）若取更少位数则吻合。'),
    'far_over': ('the part is hundreds of times the whole: a slip of the unit.', '部分为整体的数百倍：数量级之误。'),
    'last_digit': ('one unit of the last printed digit apart: cut off instead of rounded, or computed from rounded inputs.', '仅差末位一个单位：截断而非四舍五入，或由已舍入的数推算。'),
    'half_percent': ('less than half a percent apart: probably computed from unrounded or revised inputs.', '相差不足 0.5 %：可能由未舍入或修订后的数推算。'),
    'near': ('less than 5 % apart: probably inputs of another edition or definition.', '相差不足 5 %：可能出自另一版本或定义。'),
    'revised_inputs': ('it fits when one of the two levels differs by less than 3 %: probably inputs of another edition.', '其中一数相差不足 3 % 即吻合：可能出自另一版本。'),
    'vintage': ('published on {} and {}: probably revised in between.', '分别发布于 {} 与 {}：其间可能有修订。'),
    'scope': ('two reports: probably another definition of what is counted.', '出自两份报告：统计范围可能不同。'),
    'open_bound': ('it holds only because a bound is open: the printed numbers lie {} % apart.', '仅因界限开放而成立：所印两数相差 {} %。'),
    'no_period': ('no number of years from {} to {} gives the printed rate.', '从 {} 年到 {} 年，任何年数都得不出所印的增速。'),
    'unexplained': ('no slip of period, unit, currency or digit explains it.', '期数、单位、币种或数字之误均不能解释。'),
  } -%}
  {%- set parts = words[key][0 if language == 'en' else 1].split('{}') -%}
  {%- if arguments | length == 0 -%} '{{ parts[0] }}'
  {%- else -%}
  concat('{{ parts[0] }}'
    {%- for argument in arguments %}, {{ argument }}, '{{ parts[loop.index] }}'{% endfor -%}
  )
  {%- endif -%}
{%- endmacro %}

{#- The two columns because and because_zh of one reason; with `pick` min, the first of a group. -#}
{% macro because(key, arguments=[], arguments_zh=none, pick='') -%}
  {{ pick }}({{ reason(key, arguments, 'en') }}) as because,
  {{ pick }}({{ reason(key, arguments_zh if arguments_zh is not none else arguments, 'zh') }}) as because_zh
{%- endmacro %}

{#- Any value as text. -#}
{% macro text_of(x) -%} cast({{ x }} as {{ dbt.type_string() }}) {%- endmacro %}

{#- The name of an input in Chinese. -#}
{% macro role_zh(role) -%} case {{ role }} when 'whole' then '整体' when 'base' then '基数' when 'part' then '部分' else '末值' end {%- endmacro %}
