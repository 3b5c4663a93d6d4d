-- Effects of AI: efficiency, cost, accuracy, labour value, GDP.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'effect'
