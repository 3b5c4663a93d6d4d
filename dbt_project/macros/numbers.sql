{#- Products of decimal fractions pick up binary noise (0.1 * 3); 15 significant digits are what was printed. -#}
{% macro round_off(expression) -%}
  {{ return(adapter.dispatch('round_off', 'ai_figures')(expression)) }}
{%- endmacro %}

{% macro default__round_off(expression) -%}
  cast(printf('%.15g', {{ expression }}) as double)
{%- endmacro %}

{#- Java's %e rounds the shortest decimal form, not the binary value; format_number rounds as C does. -#}
{% macro spark__round_off(expression) -%}
  cast(replace(format_number({{ expression }}, '0.##############E0'), '∞', 'Infinity') as double)
{%- endmacro %}

{#- CNY for one USD: the first rate that is known, else about what it has been; it only scales what is shown. -#}
{% macro rate_or_usual(rates=none) -%} {% if rates %}coalesce({{ rates }}, 7.0){% else %}7.0{% endif %} {%- endmacro %}
