{#- Whether a relation (or the comparison that it makes) was found in the text by `ai-figures ties`: its id says so. -#}
{% macro is_found(relation_id) -%} ({{ relation_id }} like '%/found.%') {%- endmacro %}
