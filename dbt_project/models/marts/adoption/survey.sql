-- Shares of respondents in surveys; the segment is the answer.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'survey'
