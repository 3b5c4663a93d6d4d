{#- A mart of statements: what int_statements puts into the table of this name. -#}
{% macro statements_of(mart_table) -%}
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = '{{ mart_table }}'
{%- endmacro %}
