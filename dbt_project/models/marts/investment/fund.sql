-- Funds, credit programmes, subsidies and grants.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'fund'
