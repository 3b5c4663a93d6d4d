-- Shares of vendors, products and groups in a market.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'market_share'
    and statistic not in ('yoy', 'cagr', 'change')
