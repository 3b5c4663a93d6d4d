-- Electricity prices per kWh.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'power_price'
