-- Power, electricity, number, racks and efficiency of data centres.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'datacenter_power'
