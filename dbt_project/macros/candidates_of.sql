{#- Candidate explanations of several relations (models or common table expressions), one under the other. -#}
{% macro candidates_of(relations) -%}
  {%- for relation in relations %}
select comparison_id, code, candidate_rank, because, because_zh from {{ relation }}
    {%- if not loop.last %}
union all
    {%- endif %}
  {%- endfor %}
{%- endmacro %}
