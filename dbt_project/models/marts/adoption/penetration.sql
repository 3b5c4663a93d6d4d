-- Penetration and adoption rates.
{{ statements_of('penetration') }}
