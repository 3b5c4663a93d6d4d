-- Deployments, customers, scenes, policies and programmes.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'deployment'
