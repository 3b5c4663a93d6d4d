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

{#- A counted noun after a number: 1 company, 2 companies. The endings stand in dbt_project.yml. -#}
{% macro plural(noun, x) -%}
  case
    when {{ noun }} is null then ''
    when abs({{ x }}) = 1 then concat(' ', {{ noun }})
    {%- for one, many in var('plurals') %}
    when {{ noun }} like '%{{ one }}' then concat(' ', substr({{ noun }}, 1, length({{ noun }}) - {{ one | length }}), '{{ many }}')
    {%- endfor %}
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
  What follows from the figures of a comparison, as branches of `case rule`: the lower and the upper figure, the years
  between them and what they give are SQL texts. `yearly` is what they give where that is a rate a
  year, `gap` stands behind a Chinese figure that is named without its place.
-#}
{% macro what_follows(language, lower, upper, years, follows, gap='', yearly=none) -%}
  {%- set forms = {
    'cagr': ('from {lower} to {upper} in {years} years it is {follows}', '由 {lower}{gap}到 {upper}，{years} 年间每年为 {follows}'),
    'growth': ('from {lower} to {upper} it is {follows}', '由 {lower}{gap}到 {upper}{gap}为 {follows}'),
    'fold': ('from {lower} to {upper} it is {follows}', '由 {lower}{gap}到 {upper}{gap}为 {follows}'),
    'share': ('{upper} of {lower} is {follows}', '{upper}{gap}占 {lower}{gap}为 {follows}'),
    'ratio': ('{upper} over {lower} is {follows}', '{upper}{gap}比 {lower}{gap}为 {follows}'),
    'mean': ('the mean of its parts is {follows}', '各部分的平均为 {follows}'),
  } -%}
  {%- set filled = {'lower': lower, 'upper': upper, 'years': years, 'follows': follows} -%}
  {%- for rule, (en, zh) in forms.items() %}
    {%- set pieces = [] -%}
    {%- for piece in (en if language == 'en' else zh.replace('{gap}', gap)).split('{') -%}
      {%- set slot, words = ('', piece) if loop.first else piece.split('}') -%}
      {%- if slot -%}{%- do pieces.append(yearly if yearly and slot == 'follows' and rule == 'cagr' else filled[slot]) -%}{%- endif -%}
      {%- if words -%}{%- do pieces.append("'" ~ words ~ "'") -%}{%- endif -%}
    {%- endfor %}
    when '{{ rule }}' then concat({{ pieces | join(', ') }})
  {%- endfor %}
{%- endmacro %}

{#- Any value as text. -#}
{% macro text_of(x) -%} cast({{ x }} as {{ dbt.type_string() }}) {%- endmacro %}

{#- The name of an input in Chinese. -#}
{% macro role_zh(role) -%} case {{ role }} when 'whole' then '整体' when 'base' then '基数' when 'part' then '部分' else '末值' end {%- endmacro %}
