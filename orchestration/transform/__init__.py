"""The dbt models: running them on DuckDB or on Spark, and what their SQL says of columns."""
