-- Physical specifications of devices and robots.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'device_spec'
