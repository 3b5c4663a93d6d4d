-- Parameters, context, training data, speed and benchmark scores of models.
select
    {{ figure_columns() }}
from {{ ref('int_figures__converted') }}
where
    mart_table = 'model_spec'
