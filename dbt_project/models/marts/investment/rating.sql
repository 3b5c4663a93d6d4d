-- Distribution of stock ratings.
{{ statements_of('rating') }}
