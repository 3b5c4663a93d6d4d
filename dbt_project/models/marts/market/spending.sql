-- What buyers spend on IT, software and cloud.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'spending'
    and statistic not in ('yoy', 'cagr', 'change')
