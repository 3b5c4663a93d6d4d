-- Memory that models and devices need.
{{ statements_of('memory_requirement') }}
