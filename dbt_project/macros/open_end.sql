{#- Intervals are cut at 1e150 for arithmetic; an open end is infinite again in what people read. -#}
{% macro open_end(x) -%}
  case
    when {{ x }} >= 1e50 then cast('Infinity' as double)
    when {{ x }} <= -1e50 then cast('-Infinity' as double)
    else {{ x }}
  end
{%- endmacro %}
