-- Costs of activities: training, deployment, labour.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'cost'
    and statistic not in ('yoy', 'cagr', 'change')
