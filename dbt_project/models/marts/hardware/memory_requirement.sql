-- Memory that models and devices need.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'memory_requirement'
