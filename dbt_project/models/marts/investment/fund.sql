-- Funds, credit programmes, subsidies and grants.
select
    {{ figure_columns() }}
from {{ ref('int_figures__converted') }}
where
    mart_table = 'fund'
