-- Shipments, stocks, capacity, localization and import dependence.
select
    {{ figure_columns() }}
from {{ ref('int_figures__converted') }}
where
    mart_table = 'supply'
