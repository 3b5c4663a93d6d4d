-- Capital expenditure and AI investment.
{{ statements_of('capex') }}
