{#-
  The columns of a comparison, by name and in one order: every branch of int_comparisons is this list. What a family of
  rules has under the same name is taken; `has` names those of the others that it has, `set` gives expressions for
  columns that it has under no name of its own. The rest is what most families say: no second source, nothing in doubt.
-#}
{% macro comparison_columns(has=[], set={}) -%}
    {%- set text = 'cast(null as ' ~ dbt.type_string() ~ ')' -%}
    {%- set number = 'cast(null as double)' -%}
    {%- set columns = [
        ('comparison_id', none),
        ('rule', none),
        ('found_by', none),
        ('source_id', none),
        ('other_source_id', text),
        ('stated_figure_id', none),
        ('upper_figure_id', text),
        ('lower_figure_id', text),
        ('reference_id', text),
        ('indicator', none),
        ('stated_unit', none),
        ('n_years', number),
        ('fx', none),
        ('q', number),
        ('q_low', number),
        ('q_high', number),
        ('s', none),
        ('s_low', none),
        ('s_high', none),
        ('e', none),
        ('e_low', none),
        ('e_high', none),
        ('same_basis', 'true'),
        ('same_period', 'true'),
        ('same_kind', 'true'),
        ('is_plain', 'false'),
        ('covered', number),
        ('why_not', text)
    ] -%}
    {%- for name in has if name not in columns | map(attribute=0) -%}
        {{ exceptions.raise_compiler_error('no column of a comparison is called ' ~ name) }}
    {%- endfor -%}
    {%- for name in set if name not in columns | map(attribute=0) -%}
        {{ exceptions.raise_compiler_error('no column of a comparison is called ' ~ name) }}
    {%- endfor -%}
    {%- for name, otherwise in columns %}
    {% if name in set %}{{ set[name] }} as {{ name }}
    {%- elif otherwise is none or name in has %}{{ name }}
    {%- else %}{{ otherwise }} as {{ name }}
    {%- endif %}{% if not loop.last %},{% endif %}
    {%- endfor -%}
{%- endmacro %}
