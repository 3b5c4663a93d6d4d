-- Prices of language-model use per million tokens, by input, output and cache.
{{ statements_of('model_price') }}
