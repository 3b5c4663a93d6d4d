{#- How grave a finding is: the severities, the gravest first, and what each adds to the importance of its issue. -#}
{% macro severities() -%}
  {{ return([('error', 0.3), ('warn', 0.15), ('info', 0.05), ('hint', 0.0)]) }}
{%- endmacro %}

{#- The place of a severity, 1 for the gravest; of one that is not known, the last. -#}
{% macro severity_rank(severity) -%}
  case {{ severity }}
    {%- for name, weight in severities() %}{% if loop.last %} else {{ loop.index }}{% else %} when '{{ name }}' then {{ loop.index }}{% endif %}{% endfor %} end
{%- endmacro %}

{#- What a severity adds to the importance of an issue. -#}
{% macro severity_weight(severity) -%}
  case {{ severity }}
    {%- for name, weight in severities() %}{% if loop.last %} else {{ weight }}{% else %} when '{{ name }}' then {{ weight }}{% endif %}{% endfor %} end
{%- endmacro %}
