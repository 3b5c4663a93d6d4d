-- Funding amounts, deals and deal sizes.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'funding'
