-- Market values, share prices, multiples, returns and forecasts of listed companies.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'valuation'
