-- Numbers of AI models and registered services.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'model_count'
