-- Shares of vendors, products and groups in a market.
{{ statements_of('market_share') }}
