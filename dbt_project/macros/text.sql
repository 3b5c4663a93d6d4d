{#- A number as a person writes it: four significant digits, percentages as such. -#}
{% macro show(x, unit) -%}
  {{ return(adapter.dispatch('show', 'ai_figures')(x, unit)) }}
{%- endmacro %}

{% macro default__show(x, unit) -%}
  case
    when {{ x }} is null then '?'
    when abs({{ x }}) >= 1e100 then 'any amount'
    when {{ unit }} in ('percent', 'pp') then concat(printf('%.4g', {{ x }} * 100), ' %')
    when {{ unit }} in ('times', 'ratio', 'multiple') then printf('%.4g', {{ x }})
    when abs({{ x }}) >= 1e15 then concat(printf('%.4g', {{ x }}), ' ', {{ unit }})
    when abs({{ x }}) >= 1e12 then concat(printf('%.4g', {{ x }} / 1e12), ' tn ', {{ unit }})
    when abs({{ x }}) >= 1e9 then concat(printf('%.4g', {{ x }} / 1e9), ' bn ', {{ unit }})
    when abs({{ x }}) >= 1e6 then concat(printf('%.4g', {{ x }} / 1e6), ' m ', {{ unit }})
    else concat(printf('%.5g', {{ x }}), ' ', {{ unit }})
  end
{%- endmacro %}

{% macro spark__show(x, unit) -%}
  case
    when {{ x }} is null then '?'
    when abs({{ x }}) >= 1e100 then 'any amount'
    when {{ unit }} in ('percent', 'pp') then concat(cast(round({{ x }} * 100, 2) as string), ' %')
    else concat(cast({{ x }} as string), ' ', {{ unit }})
  end
{%- endmacro %}

{#- The digits and the decimal point of a printed figure. -#}
{% macro digits_of(text) -%}
  {{ return(adapter.dispatch('digits_of', 'ai_figures')(text)) }}
{%- endmacro %}
{% macro default__digits_of(text) -%} regexp_replace({{ text }}, '[^0-9.]', '', 'g') {%- endmacro %}
{% macro spark__digits_of(text) -%} regexp_replace({{ text }}, '[^0-9.]', '') {%- endmacro %}

{#- A sorted list of texts. -#}
{% macro list_of(column, order) -%}
  {{ return(adapter.dispatch('list_of', 'ai_figures')(column, order)) }}
{%- endmacro %}
{% macro default__list_of(column, order) -%} list({{ column }} order by {{ order }}, {{ column }}) {%- endmacro %}
{% macro spark__list_of(column, order) -%}
  transform(array_sort(collect_list(struct({{ order }} as o, {{ column }} as c))), x -> x.c)
{%- endmacro %}
{% macro distinct_list_of(column) -%}
  {{ return(adapter.dispatch('distinct_list_of', 'ai_figures')(column)) }}
{%- endmacro %}
{% macro default__distinct_list_of(column) -%} list(distinct {{ column }} order by {{ column }}) {%- endmacro %}
{% macro spark__distinct_list_of(column) -%} array_sort(collect_set({{ column }})) {%- endmacro %}
