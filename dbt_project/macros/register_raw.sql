{#-
  The raw tables of an engine that the loader does not write to, from one Parquet file a table below a folder or an
  object store: dbt run-operation register_raw --args "{folder: s3a://bucket/raw}" --target spark
-#}
{% macro register_raw(folder) -%}
  {%- for source in graph.sources.values() if source.source_name == 'raw' -%}
    {%- set relation = api.Relation.create(schema=source.schema, identifier=source.identifier, type='table') -%}
    {%- set statement = external_parquet(relation, folder ~ '/' ~ source.identifier ~ '.parquet') -%}
    {%- do adapter.create_schema(relation.without_identifier()) -%}
    {%- do run_query('drop table if exists ' ~ relation) -%}
    {%- do run_query(statement) -%}
  {%- endfor -%}
{%- endmacro %}

{% macro external_parquet(relation, path) -%}
  {{ return(adapter.dispatch('external_parquet', 'ai_figures')(relation, path)) }}
{%- endmacro %}
{% macro default__external_parquet(relation, path) -%}
  {{ exceptions.raise_compiler_error("the raw tables of " ~ target.type ~ " are written by the loader (`make warehouse`), not read from " ~ path) }}
{%- endmacro %}
{% macro spark__external_parquet(relation, path) -%}
  create table {{ relation }} using parquet location '{{ path }}'
{%- endmacro %}
