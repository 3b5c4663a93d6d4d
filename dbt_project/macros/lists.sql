{#- Ids of a group as one text, sorted, separated by blanks: engines differ in lists, not in text. -#}
{% macro join_sorted(column) -%}
  {{ return(adapter.dispatch('join_sorted', 'ai_figures')(column)) }}
{%- endmacro %}

{% macro default__join_sorted(column) -%}
  string_agg({{ column }}, ' ' order by {{ column }})
{%- endmacro %}

{% macro spark__join_sorted(column) -%}
  nullif(array_join(array_sort(collect_list({{ column }})), ' '), '')
{%- endmacro %}

{#- "cagr: 3, ratio: 2" -#}
{% macro join_rules(rule, n) -%}
  {{ return(adapter.dispatch('join_rules', 'ai_figures')(rule, n)) }}
{%- endmacro %}
{% macro default__join_rules(rule, n) -%}
  string_agg(concat({{ rule }}, ': ', {{ n }}), ', ' order by {{ rule }})
{%- endmacro %}
{% macro spark__join_rules(rule, n) -%}
  array_join(transform(array_sort(collect_list(struct({{ rule }} as r, {{ n }} as n))), x -> concat(x.r, ': ', x.n)), ', ')
{%- endmacro %}

{#- Texts of a group in the order of another column, with a separator between them. -#}
{% macro join_ordered(text, order, separator) -%}
  {{ return(adapter.dispatch('join_ordered', 'ai_figures')(text, order, separator)) }}
{%- endmacro %}
{% macro default__join_ordered(text, order, separator) -%} string_agg({{ text }}, '{{ separator }}' order by {{ order }}) {%- endmacro %}
{% macro spark__join_ordered(text, order, separator) -%}
  array_join(transform(array_sort(collect_list(struct({{ order }} as o, {{ text }} as t))), x -> x.t), '{{ separator }}')
{%- endmacro %}
