-- Attributes of chips and devices, one row a printed figure (chip_spec shows the same as one row a chip).
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'chip_attribute'
