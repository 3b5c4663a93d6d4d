-- Shares of respondents in surveys; the segment is the answer.
{{ statements_of('survey') }}
