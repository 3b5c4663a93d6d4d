-- Capital expenditure and AI investment.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'capex'
