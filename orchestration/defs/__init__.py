"""Dagster definitions, a module for each kind of thing; `orchestration.definitions` puts them together.

Thin by rule: what a step does is a function elsewhere in `orchestration`, here it only gets a name, a place in the
graph and metadata.
"""
