{#- What a unit_kind of int_figures__comparable is: an amount of money or a price a unit; a fraction or multiple. -#}
{% macro is_money(kind) -%} (coalesce({{ kind }}, '') like 'money%') {%- endmacro %}
{% macro is_fraction(kind) -%} ({{ kind }} in ('percent', 'times', 'ratio', 'multiple')) {%- endmacro %}
{#- Does a basis name a format of integers, or of floating-point numbers? INT8 makes OPS, FP16 makes FLOPS. -#}
{% macro names_format(basis, family) -%}
  {%- set formats = {'floating': ['FP_', 'FP__', 'BF__', 'TF__', 'as printed FP__'], 'integer': ['INT_', 'INT__']} -%}
  ({% for format in formats[family] %}concat('; ', {{ basis }}, ';') like '%; {{ format }};%'{% if not loop.last %} or {% endif %}{% endfor %})
{%- endmacro %}
{#-
  What sort of cause an explanation names: two things that may both be right, by what tells them apart (a date, a basis);
  numbers that lie close together; else something is wrong. Causes of two sorts are no one cause.
-#}
{% macro kind_of_cause(code) -%}
  case
    when {{ code }} in ('as_of', 'basis', 'scope', 'gross_net', 'vintage') then {{ code }}
    when {{ code }} in ('near', 'rounding_chain', 'revised_inputs', 'open_bound') then 'close'
    else 'wrong'
  end
{%- endmacro %}
