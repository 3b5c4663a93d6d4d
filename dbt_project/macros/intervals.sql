{#- Interval arithmetic on columns <name>, <name>_low, <name>_high. -#}

{#- Quotient: the four end points; null when the divisor's interval touches zero. -#}
{% macro quotient_low(a, b) -%}
  case when {{ b }}_low > 0 or {{ b }}_high < 0 then least(
    {{ a }}_low / {{ b }}_low, {{ a }}_low / {{ b }}_high, {{ a }}_high / {{ b }}_low, {{ a }}_high / {{ b }}_high
  ) end
{%- endmacro %}
{% macro quotient_high(a, b) -%}
  case when {{ b }}_low > 0 or {{ b }}_high < 0 then greatest(
    {{ a }}_low / {{ b }}_low, {{ a }}_low / {{ b }}_high, {{ a }}_high / {{ b }}_low, {{ a }}_high / {{ b }}_high
  ) end
{%- endmacro %}

{#- Whether [a_low, a_high] and [b_low, b_high] share a value; the slack is for binary fractions only. -#}
{% macro overlaps(a_low, a_high, b_low, b_high) -%}
  ({{ a_low }} <= {{ b_high }} + 1e-9 * greatest(abs({{ a_low }}), abs({{ b_high }}))
   and {{ b_low }} <= {{ a_high }} + 1e-9 * greatest(abs({{ b_low }}), abs({{ a_high }})))
{%- endmacro %}

{#-
  Whether two intervals, neither of them a point, have nothing but an end point in common. The noise of binary fractions
  is measured against the narrower one too: a number of ten digits is narrower than a billionth of itself.
-#}
{% macro touches(a_low, a_high, b_low, b_high) -%}
  ({{ a_high }} > {{ a_low }} and {{ b_high }} > {{ b_low }}
   and least({{ b_high }} - {{ a_low }}, {{ a_high }} - {{ b_low }}) <= 1e-3 * least({{ a_high }} - {{ a_low }}, {{ b_high }} - {{ b_low }})
   and ({{ b_high }} - {{ a_low }} <= 1e-9 * greatest(abs({{ a_low }}), abs({{ b_high }}))
        or {{ a_high }} - {{ b_low }} <= 1e-9 * greatest(abs({{ a_high }}), abs({{ b_low }}))))
{%- endmacro %}
