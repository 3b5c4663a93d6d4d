"""dbt's portable type names."""


def type_string() -> str:
    return "varchar"
