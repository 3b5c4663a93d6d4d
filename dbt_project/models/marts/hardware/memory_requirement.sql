-- Memory that models and devices need.
select
    {{ figure_columns() }}
from {{ ref('int_figures__converted') }}
where
    mart_table = 'memory_requirement'
