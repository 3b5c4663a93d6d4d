-- Prices of language-model use per million tokens, by input, output and cache.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'model_price'
    and statistic not in ('yoy', 'cagr', 'change')
