-- Capital expenditure and AI investment.
select
    {{ figure_columns() }}
from {{ ref('int_figures__converted') }}
where
    mart_table = 'capex'
