-- Market sizes: yearly value of markets and segments, with shares and ranks; growth is in growth_rate.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'market_size'
    and statistic not in ('yoy', 'cagr', 'change')
