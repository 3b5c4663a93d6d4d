-- Penetration and adoption rates.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'penetration'
