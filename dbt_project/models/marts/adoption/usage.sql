-- Users, time spent, calls, tokens, conversions.
{{ statements_of('usage') }}
