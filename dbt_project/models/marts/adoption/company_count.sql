-- Numbers of companies and unicorns, and people employed.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'company_count'
