-- Growth of every market indicator: yoy, cagr and other change.
{{ statements_of('growth_rate') }}
