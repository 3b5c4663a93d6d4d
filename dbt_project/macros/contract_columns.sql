{#- The columns of the model's contract, in its order; `replaced` gives those that are not taken as they stand. -#}
{% macro contract_columns(model, replaced={}) -%}
{%- for name in model.columns %}
    {{ replaced[name] ~ ' as ' if name in replaced }}{{ name }}{{ ',' if not loop.last }}
{%- endfor -%}
{%- endmacro %}
