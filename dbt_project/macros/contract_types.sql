{#- Contracts name types as DuckDB does; Spark has other names for three of them. dbt compares models with this query. -#}
{% macro spark__get_empty_schema_sql(columns) -%}
  {%- set names = {'varchar': 'string', 'varchar[]': 'array<string>', 'timestamp': 'timestamp_ntz'} -%}
  {%- set translated = {} -%}
  {%- for name, column in columns.items() -%}
    {%- do translated.update({name: dict(column, data_type=names.get(column['data_type'], column['data_type']))}) -%}
  {%- endfor -%}
  {{ return(default__get_empty_schema_sql(translated)) }}
{%- endmacro %}
