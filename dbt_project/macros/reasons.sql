{#-
  Why two numbers may differ: the code (raw/reference/explanations.csv), the rank (lower ones are likelier; what changes
  less stands before what changes more) and the sentence in both languages, {} of which is filled in. A reason that is
  said as another one names it under `as`.
-#}
{% macro reasons() -%}
  {{ return({
    'not_comparable': {'rank': 10},
    'other_print': {
      'code': 'other_print', 'rank': 16,
      'en': 'it fits {} (line {}, {}) in place of the printed {}.',
      'zh': '若以 {}（第 {} 行，{}）代替所印的{}则吻合。',
    },
    'text_vs_table': {'code': 'text_vs_table', 'rank': 16, 'as': 'other_print'},
    'swapped': {
      'code': 'swapped', 'rank': 18,
      'en': 'it fits {} (line {}), and that one this: the two are exchanged.',
      'zh': '与 {}（第 {} 行）互换则两者均吻合：两数颠倒。',
    },
    'mislabelled': {
      'code': 'mislabelled_basis', 'rank': 19,
      'en': 'it is the value that line {} prints for the basis {}.',
      'zh': '这是第 {} 行为口径 {} 所印的数值。',
    },
    'periods_more': {
      'code': 'periods', 'rank': 20,
      'en': 'it fits {} years, {} more than printed.',
      'zh': '按 {} 年计算则吻合，比所印多 {} 年。',
    },
    'periods_fewer': {
      'code': 'periods', 'rank': 20,
      'en': 'it fits {} years, {} fewer than printed.',
      'zh': '按 {} 年计算则吻合，比所印少 {} 年。',
    },
    'sparsity': {
      'code': 'sparsity', 'rank': 21,
      'en': 'one is twice the other: with and without sparsity.',
      'zh': '一数为另一数的两倍：是否计入稀疏。',
    },
    'increase_to': {
      'code': 'increase_by_vs_to', 'rank': 22,
      'en': 'it is the ratio of the two (increase to), not the increase.',
      'zh': '所印为两者之比（增至），而非增幅。',
    },
    'increase_by': {
      'code': 'increase_by_vs_to', 'rank': 22,
      'en': 'it is the increase of one over the other (increase by), not the ratio.',
      'zh': '所印为增幅（增加了），而非两者之比。',
    },
    'decrease_to': {
      'code': 'increase_by_vs_to', 'rank': 22,
      'en': 'it is what is left (decrease to), not the decrease.',
      'zh': '所印为剩余部分（降至），而非降幅。',
    },
    'other_year': {
      'code': 'other_year', 'rank': 23,
      'en': 'it is the value that line {} prints for {}.',
      'zh': '这是第 {} 行为 {} 所印的数值。',
    },
    'gross_net': {'code': 'gross_net', 'rank': 23, 'as': 'other_basis'},
    'other_basis': {
      'code': 'basis', 'rank': 23,
      'en': 'the two stand on different bases: {} and {}.',
      'zh': '两数口径不同：{} 与 {}。',
    },
    'other_base_year': {'code': 'other_base_year', 'rank': 23, 'as': 'other_print'},
    'whole_of_other_year': {'code': 'whole_of_other_year', 'rank': 23, 'as': 'other_print'},
    'total_growth': {
      'code': 'total_growth', 'rank': 24,
      'en': 'it is the growth over the whole span, not a yearly rate.',
      'zh': '所印为整个期间的增幅，而非年率。',
    },
    'other_end_year': {'code': 'other_end_year', 'rank': 24, 'as': 'other_print'},
    'part_of_other_year': {'code': 'whole_of_other_year', 'rank': 24, 'as': 'other_print'},
    'simple_average': {
      'code': 'simple_average', 'rank': 25,
      'en': 'it is the total growth divided by the years, not compounded.',
      'zh': '所印为总增幅除以年数，未按复利计算。',
    },
    'statement_of_other_year': {
      'code': 'other_year', 'rank': 25,
      'en': 'it is what the figures of {} give.',
      'zh': '这是由 {} 的数值得出的结果。',
    },
    'currency': {
      'code': 'currency', 'rank': 26,
      'en': 'it fits at {} CNY per USD: an amount in one currency labelled as the other.',
      'zh': '按 1 美元兑 {} 元换算则吻合：币种标错。',
    },
    'part_left_out': {
      'code': 'part_left_out', 'rank': 26,
      'en': 'it fits without the part {} (line {}).',
      'zh': '不计 {}（第 {} 行）则吻合。',
    },
    'scale': {
      'code': 'scale', 'rank': 27,
      'en': 'it fits when one of the two is multiplied by {}: a slip of the unit.',
      'zh': '其中一数乘以 {} 则吻合：数量级之误。',
    },
    'part_scale': {
      'code': 'scale', 'rank': 27,
      'en': 'it fits when its part {} (line {}) is multiplied or divided by {}: a slip of the unit.',
      'zh': '其中一项 {}（第 {} 行）乘以或除以 {} 则吻合：数量级之误。',
    },
    'counted_twice': {
      'code': 'counted_twice', 'rank': 27,
      'en': 'it fits when the part {} (line {}) is counted twice.',
      'zh': '{}（第 {} 行）计两次则吻合。',
    },
    'far_over': {
      'code': 'scale', 'rank': 29,
      'en': 'the part is hundreds of times the whole: a slip of the unit.',
      'zh': '部分为整体的数百倍：数量级之误。',
    },
    'copied': {
      'code': 'copied', 'rank': 29,
      'en': 'the same digits stand in line {} for another thing: copied.',
      'zh': '第 {} 行为另一事项印有相同数字：疑为误抄。',
    },
    'precision': {
      'code': 'precision', 'rank': 30,
      'en': 'it fits when {} (line {}) is rounded to fewer digits than it shows.',
      'zh': '{}（第 {} 行）若取更少位数则吻合。',
    },
    'digit': {
      'code': 'digit', 'rank': 31,
      'en': 'it fits {} in place of the printed {} (line {}): one digit is wrong.',
      'zh': '若为 {} 而非所印的 {}（第 {} 行）则吻合：一位数字有误。',
    },
    'digit_of_input': {'code': 'digit', 'rank': 32, 'as': 'digit'},
    'inverse': {
      'code': 'inverse', 'rank': 33,
      'en': 'it is the inverse: part and whole, or the two sides of the ratio, are exchanged.',
      'zh': '所印为倒数：部分与整体（或比值两端）颠倒。',
    },
    'complement': {
      'code': 'complement', 'rank': 34,
      'en': 'it is the share of the rest.',
      'zh': '所印为其余部分的占比。',
    },
    'share_of_rest': {
      'code': 'share_of_rest', 'rank': 35,
      'en': 'it is the part over the whole that includes (or leaves out) the part itself.',
      'zh': '所印为该部分占“含（或不含）该部分的整体”的比例。',
    },
    'other_whole': {
      'code': 'other_whole', 'rank': 36,
      'en': 'it fits {} (line {}, {}) in place of the printed whole.',
      'zh': '若以 {}（第 {} 行，{}）作为整体则吻合。',
    },
    'last_digit': {
      'code': 'rounding_chain', 'rank': 44,
      'en': 'one unit of the last printed digit apart: cut off instead of rounded, or computed from rounded inputs.',
      'zh': '仅差末位一个单位：截断而非四舍五入，或由已舍入的数推算。',
    },
    'other_date': {
      'code': 'as_of', 'rank': 48,
      'en': 'the dates differ: {} and {}.',
      'zh': '两数时点不同：{} 与 {}。',
    },
    'half_percent': {
      'code': 'rounding_chain', 'rank': 50,
      'en': 'less than half a percent apart: probably computed from unrounded or revised inputs.',
      'zh': '相差不足 0.5 %：可能由未舍入或修订后的数推算。',
    },
    'vintage': {
      'code': 'vintage', 'rank': 58,
      'en': 'published on {} and {}: probably revised in between.',
      'zh': '分别发布于 {} 与 {}：其间可能有修订。',
    },
    'near': {
      'code': 'near', 'rank': 60,
      'en': 'less than 5 % apart: probably inputs of another edition or definition.',
      'zh': '相差不足 5 %：可能出自另一版本或定义。',
    },
    'revised_inputs': {
      'code': 'revised_inputs', 'rank': 61,
      'en': 'it fits when one of the two levels differs by less than 3 %: probably inputs of another edition.',
      'zh': '其中一数相差不足 3 % 即吻合：可能出自另一版本。',
    },
    'scope': {
      'code': 'scope', 'rank': 70,
      'en': 'two reports: probably another definition of what is counted.',
      'zh': '出自两份报告：统计范围可能不同。',
    },
    'open_bound': {
      'code': 'open_bound', 'rank': 98,
      'en': 'it holds only because a bound is open: the printed numbers lie {} % apart.',
      'zh': '仅因界限开放而成立：所印两数相差 {} %。',
    },
    'no_period': {
      'code': 'unexplained', 'rank': 98,
      'en': 'no number of years from {} to {} gives the printed rate.',
      'zh': '从 {} 年到 {} 年，任何年数都得不出所印的增速。',
    },
    'unexplained': {
      'code': 'unexplained', 'rank': 98,
      'en': 'no slip of period, unit, currency or digit explains it.',
      'zh': '期数、单位、币种或数字之误均不能解释。',
    },
  }) }}
{%- endmacro %}

{#- The rank of a reason. -#}
{% macro rank_of(key) -%} {{ reasons()[key].rank }} {%- endmacro %}

{#- The sentence of a reason in one language ('en' or 'zh'); `arguments` are SQL texts. -#}
{% macro reason(key, arguments, language) -%}
  {%- set known = reasons() -%}
  {%- set parts = known[known[key].get('as', key)][language].split('{}') -%}
  {%- if arguments | length == 0 -%} '{{ parts[0] }}'
  {%- else -%}
  concat('{{ parts[0] }}'
    {%- for argument in arguments %}, {{ argument }}, '{{ parts[loop.index] }}'{% endfor -%}
  )
  {%- endif -%}
{%- endmacro %}

{#-
  The four columns of a candidate (code, candidate_rank, because, because_zh) for one reason; with `pick` min, the first
  of a group. `further` is added to the rank.
-#}
{% macro because(key, arguments=[], arguments_zh=none, pick='', further=none) -%}
  {{ because_one_of([(none, key, arguments, arguments_zh)], pick, further) }}
{%- endmacro %}

{#-
  The same for the first of `choices` (condition, reason and, where its sentence has places, the arguments in English and
  in Chinese if they differ) whose condition holds; the last one has none.
-#}
{% macro because_one_of(choices, pick='', further=none) -%}
  {%- set known = reasons() -%}
  {%- set codes, ranks, texts, texts_zh = [], [], [], [] -%}
  {%- for choice in choices -%}
    {%- set arguments = choice[2] if choice | length > 2 else [] -%}
    {%- do codes.append("'" ~ known[choice[1]].code ~ "'") -%}
    {%- do ranks.append(known[choice[1]].rank) -%}
    {%- do texts.append(reason(choice[1], arguments, 'en')) -%}
    {%- do texts_zh.append(reason(choice[1], choice[3] if choice | length > 3 and choice[3] is not none else arguments, 'zh')) -%}
  {%- endfor -%}
  {{ first_that_holds(choices, codes) }} as code,
  {{ first_that_holds(choices, ranks) }}{{ ' + ' ~ further if further }} as candidate_rank,
  {{ pick }}({{ first_that_holds(choices, texts) }}) as because,
  {{ pick }}({{ first_that_holds(choices, texts_zh) }}) as because_zh
{%- endmacro %}

{#- Of `values`, one a choice, that of the first choice whose condition holds. -#}
{% macro first_that_holds(choices, values) -%}
  {%- if values | unique | list | length == 1 -%} {{ values[0] }}
  {%- else -%}
  case
    {%- for value in values %}
      {%- if choices[loop.index0][0] is none %} else {{ value }}{% else %} when {{ choices[loop.index0][0] }} then {{ value }}{% endif %}
    {%- endfor %}
  end
  {%- endif -%}
{%- endmacro %}
