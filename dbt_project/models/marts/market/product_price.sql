-- Prices of products, subscriptions and orders.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'product_price'
    and statistic not in ('yoy', 'cagr', 'change')
