-- Distribution of stock ratings.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'rating'
