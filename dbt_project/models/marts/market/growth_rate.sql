-- Growth of every market indicator: yoy, cagr and other change.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart = 'market'
    and statistic in ('yoy', 'cagr', 'change')
