-- Computing power of countries, centres and clusters, their use and size.
select
    {{ figure_columns() }}
from {{ ref('int_figures__converted') }}
where
    mart_table = 'compute_capacity'
