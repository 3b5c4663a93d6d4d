-- Revenue, profit, margins, per-share values and ratios of companies.
{{ statements_of('company_financials') }}
