-- The return build-up: revenue, cost, depreciation, capital expenditure, profit and return on AI.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'return_on_ai'
