-- Funding amounts, deals and deal sizes.
{{ statements_of('funding') }}
