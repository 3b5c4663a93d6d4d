-- Market values, share prices, multiples, returns and forecasts of listed companies.
{{ statements_of('valuation') }}
