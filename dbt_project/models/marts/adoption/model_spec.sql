-- Parameters, context, training data, speed and benchmark scores of models.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'model_spec'
