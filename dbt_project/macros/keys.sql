{#- A 64-bit number for a text, to group by where it saves memory; the text itself must be compared where it matters. -#}
{% macro hash_of(text) -%}
  {{ return(adapter.dispatch('hash_of', 'ai_figures')(text)) }}
{%- endmacro %}
{% macro default__hash_of(text) -%} hash({{ text }}) {%- endmacro %}
{% macro spark__hash_of(text) -%} xxhash64({{ text }}) {%- endmacro %}

{#- The value of the row that comes first in a group, by several columns. -#}
{% macro first_by(column, order) -%}
  {{ return(adapter.dispatch('first_by', 'ai_figures')(column, order)) }}
{%- endmacro %}
{% macro default__first_by(column, order) -%} min_by({{ column }}, row({{ order | join(', ') }})) {%- endmacro %}
{% macro spark__first_by(column, order) -%} min_by({{ column }}, struct({{ order | join(', ') }})) {%- endmacro %}
