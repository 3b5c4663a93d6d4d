-- Users, time spent, calls, tokens, conversions.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'usage'
