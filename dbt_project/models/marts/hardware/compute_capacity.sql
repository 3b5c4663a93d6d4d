-- Computing power of countries, centres and clusters, their use and size.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'compute_capacity'
