"""The stack wired as its tutorials show it: what `make warehouse` is measured against.

Same raw files, same parsing, same dbt models, same checks, same publication; only the wiring differs. See
`definitions.py`.
"""
