-- Funding amounts, deals and deal sizes.
select
    {{ figure_columns() }}
from {{ ref('int_figures__converted') }}
where
    mart_table = 'funding'
