{% macro first_of_year(year) -%}
  {{ return(adapter.dispatch('first_of_year', 'ai_figures')(year)) }}
{%- endmacro %}
{% macro default__first_of_year(year) -%} make_date(cast({{ year }} as integer), 1, 1) {%- endmacro %}

{% macro day_of_year(date) -%} (extract(month from {{ date }}) * 100 + extract(day from {{ date }})) {%- endmacro %}
{% macro month_of(date) -%} extract(month from {{ date }}) {%- endmacro %}
