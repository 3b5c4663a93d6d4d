{#-
  A sum of doubles whose terms are added in the order of a key: threads add as they come, and each order of addition has
  other last digits. Terms of one key are ordered by their size.
-#}
{% macro ordered_sum(expression, key) -%}
  {{ return(adapter.dispatch('ordered_sum', 'ai_figures')(expression, key)) }}
{%- endmacro %}

{% macro default__ordered_sum(expression, key) -%}
  sum({{ expression }} order by {{ key }}, {{ expression }})
{%- endmacro %}

{% macro spark__ordered_sum(expression, key) -%}
  aggregate(
    array_sort(collect_list(struct({{ key }} as k, {{ expression }} as v))),
    cast(null as double),
    (total, term) -> coalesce(total + term.v, total, term.v)
  )
{%- endmacro %}
