-- Funds, credit programmes, subsidies and grants.
{{ statements_of('fund') }}
