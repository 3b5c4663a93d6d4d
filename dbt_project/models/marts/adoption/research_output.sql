-- Patents, papers, talent and research institutions.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'research_output'
