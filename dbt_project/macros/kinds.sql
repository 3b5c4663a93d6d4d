{#- What a unit_kind of int_figures__comparable is: an amount of money or a price a unit; a fraction or multiple. -#}
{% macro is_money(kind) -%} (coalesce({{ kind }}, '') like 'money%') {%- endmacro %}
{% macro is_fraction(kind) -%} ({{ kind }} in ('percent', 'times', 'ratio', 'multiple')) {%- endmacro %}
