{#- How a person says a value: years and days, PFLOPS, bn USD. Gives pairs of the least size, the divisor and the unit. -#}
{% macro display_steps() -%}
  {{ return({
    's': [(31556952, 31556952, 'years'), (86400, 86400, 'days'), (3600, 3600, 'hours'), (60, 60, 'minutes')],
    'money': [(1e12, 1e12, 'tn '), (1e9, 1e9, 'bn '), (1e6, 1e6, 'm ')],
    'si': [(1e18, 1e18, 'E'), (1e15, 1e15, 'P'), (1e12, 1e12, 'T'), (1e9, 1e9, 'G'), (1e6, 1e6, 'M'), (1e3, 1e3, 'k')],
  }) }}
{%- endmacro %}

{#- The divisor or the unit of a value; `what` is divisor or name. -#}
{% macro display(value, unit, counted, is_money, what) -%}
  {%- set steps = display_steps() -%}
  case
    {%- for least, divisor, name in steps['s'] %}
    when {{ unit }} = 's' and abs({{ value }}) >= {{ least }} then {{ divisor if what == 'divisor' else "'" ~ name ~ "'" }}
    {%- endfor %}
    {%- for least, divisor, name in steps['money'] %}
    when {{ is_money }} and abs({{ value }}) >= {{ least }} then {{ divisor if what == 'divisor' else "concat('" ~ name ~ "', " ~ unit ~ ")" }}
    {%- endfor %}
    {%- for least, divisor, name in steps['si'] %}
    when {{ unit }} in ('FLOPS', 'OPS', 'W', 'Wh', 'B', 'B/s', 'FLOPS/W', 'Hz') and abs({{ value }}) >= {{ least }} then {{ divisor if what == 'divisor' else "concat('" ~ name ~ "', " ~ unit ~ ")" }}
    {%- endfor %}
    else {{ '1' if what == 'divisor' else "case when " ~ unit ~ " = 'count' then coalesce(" ~ counted ~ ", 'count') else " ~ unit ~ " end" }}
  end
{%- endmacro %}
