{#- Whether a comparison was proposed by a machine (soft keys, hierarchies, a field or a unit that does not fit, the text
    alone): that its figures belong together is then for a person to say. -#}
{% macro is_proposed(comparison_id, rule, origin) -%}
    (
        coalesce({{ origin }}, '') in ('cluster', 'hierarchy')
        or {{ rule }} in ('field_conflict', 'unit_basis')
        or {{ is_found(comparison_id) }}
    )
{%- endmacro %}
