-- Parts and their costs in devices and robots.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'bill_of_materials'
