"""Stand-ins for dbt's context, so that sqlfluff lints the models without a database."""
