-- Computing power of countries, centres and clusters, their use and size.
{{ statements_of('compute_capacity') }}
