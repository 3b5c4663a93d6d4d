-- Numbers of AI models and registered services.
select
    {{ figure_columns() }}
from {{ ref('int_figures__converted') }}
where
    mart_table = 'model_count'
