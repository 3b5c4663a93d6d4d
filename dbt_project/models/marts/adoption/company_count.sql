-- Numbers of companies and unicorns, and people employed.
select
    {{ figure_columns() }}
from {{ ref('int_figures__converted') }}
where
    mart_table = 'company_count'
