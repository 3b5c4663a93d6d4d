-- Value traded on platforms (GMV, GTV, bookings).
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'transaction_value'
    and statistic not in ('yoy', 'cagr', 'change')
