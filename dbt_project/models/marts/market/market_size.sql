-- Market sizes: yearly value of markets and segments, with shares and ranks; growth is in growth_rate.
{{ statements_of('market_size') }}
