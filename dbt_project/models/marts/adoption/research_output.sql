-- Patents, papers, talent and research institutions.
select
    {{ figure_columns() }}
from {{ ref('int_figures__converted') }}
where
    mart_table = 'research_output'
