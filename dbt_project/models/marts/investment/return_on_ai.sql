-- The return build-up: revenue, cost, depreciation, capital expenditure, profit and return on AI.
{{ statements_of('return_on_ai') }}
