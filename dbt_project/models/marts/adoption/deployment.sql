-- Deployments, customers, scenes, policies and programmes.
select
    {{ figure_columns() }}
from {{ ref('int_figures__converted') }}
where
    mart_table = 'deployment'
