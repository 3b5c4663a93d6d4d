{#- Products of decimal fractions pick up binary noise (0.1 * 3); 15 significant digits are what was printed. -#}
{% macro round_off(expression) -%}
  {{ return(adapter.dispatch('round_off', 'ai_figures')(expression)) }}
{%- endmacro %}

{% macro default__round_off(expression) -%}
  case
    when ({{ expression }}) = 0 or abs({{ expression }}) > 1e300 then ({{ expression }})
    else round(({{ expression }}) / power(10, floor(log10(abs({{ expression }}))) - 14), 0)
      * power(10, floor(log10(abs({{ expression }}))) - 14)
  end
{%- endmacro %}

{% macro duckdb__round_off(expression) -%}
  cast(printf('%.15g', {{ expression }}) as double)
{%- endmacro %}
