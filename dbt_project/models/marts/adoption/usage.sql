-- Users, time spent, calls, tokens, conversions.
select
    {{ figure_columns() }}
from {{ ref('int_figures__converted') }}
where
    mart_table = 'usage'
