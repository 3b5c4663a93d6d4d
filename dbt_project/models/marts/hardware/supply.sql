-- Shipments, stocks, capacity, localization and import dependence.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'supply'
