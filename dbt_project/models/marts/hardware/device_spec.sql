-- Physical specifications of devices and robots.
select
    {{ figure_columns() }}
from {{ ref('int_figures__converted') }}
where
    mart_table = 'device_spec'
