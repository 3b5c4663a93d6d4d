-- Generation capacity and electricity use outside data centres.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'power_supply'
