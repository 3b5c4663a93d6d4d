-- Thresholds named in export-control rules.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'export_control'
