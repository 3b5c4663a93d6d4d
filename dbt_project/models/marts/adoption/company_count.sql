-- Numbers of companies and unicorns, and people employed.
{{ statements_of('company_count') }}
