{#- A number in so many significant digits, as C prints it with %g: 81.19, 64.6, 1.235e+05. -#}
{% macro significant(x, digits) -%}
  {{ return(adapter.dispatch('significant', 'ai_figures')(x, digits)) }}
{%- endmacro %}

{% macro default__significant(x, digits) -%} printf('%.{{ digits }}g', {{ x }}) {%- endmacro %}

{#-
  Java's %g keeps trailing zeros and rounds the shortest decimal form; format_number rounds the binary value, as C does,
  but a half always up from 10^digits on: there bround goes first. transform() names the text that is used three times.
-#}
{% macro spark__significant(x, digits) -%}
  {%- set place = "power(10, floor(log10(abs(" ~ x ~ "))) - " ~ (digits - 1) ~ ")" -%}
  transform(array(format_number(
    case when abs({{ x }}) >= 1e{{ digits }} then bround(({{ x }}) / {{ place }}) * {{ place }} else ({{ x }}) end,
    '0.{{ "#" * (digits - 1) }}E00'
  )), t -> case
    when cast(t as double) = 0 then split_part(t, 'E', 1)
    when cast(split_part(t, 'E', 2) as int) between -4 and {{ digits - 1 }}
      then trim(trailing '.' from trim(trailing '0' from cast(cast(t as decimal(38, {{ digits + 8 }})) as string)))
    else replace(replace(t, 'E', 'e+'), 'e+-', 'e-')
  end)[0]
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

{#- A list of a few columns of one row, in their order; what is null is left out. -#}
{% macro list_without_nulls(columns) -%}
  {{ return(adapter.dispatch('list_without_nulls', 'ai_figures')(columns)) }}
{%- endmacro %}
{% macro default__list_without_nulls(columns) -%}
  list_filter([{{ columns | join(', ') }}], lambda x: x is not null)
{%- endmacro %}
{% macro spark__list_without_nulls(columns) -%} array_compact(array({{ columns | join(', ') }})) {%- endmacro %}

{#- The same, sorted and each text once. -#}
{% macro sorted_list(columns) -%}
  {{ return(adapter.dispatch('sorted_list', 'ai_figures')(columns)) }}
{%- endmacro %}
{% macro default__sorted_list(columns) -%} list_sort(list_distinct([{{ columns | join(', ') }}])) {%- endmacro %}
{% macro spark__sorted_list(columns) -%}
  array_sort(array_distinct(array_compact(array({{ columns | join(', ') }}))))
{%- endmacro %}

{% macro length_of(list) -%} {{ return(adapter.dispatch('length_of', 'ai_figures')(list)) }} {%- endmacro %}
{% macro default__length_of(list) -%} len({{ list }}) {%- endmacro %}
{% macro spark__length_of(list) -%} size({{ list }}) {%- endmacro %}

{#- One row an item of a list. -#}
{% macro each_of(list) -%} {{ return(adapter.dispatch('each_of', 'ai_figures')(list)) }} {%- endmacro %}
{% macro default__each_of(list) -%} unnest({{ list }}) {%- endmacro %}
{% macro spark__each_of(list) -%} explode({{ list }}) {%- endmacro %}

{#- Who is cited, without the address: a title names no web page. -#}
{% macro without_address(citation) -%} regexp_replace({{ citation }}, '[,;]?( (as [a-z]+|also) at)? https?://.*', '') {%- endmacro %}
