-- Revenue, profit, margins, per-share values and ratios of companies.
select
    {{ figure_columns() }}
from {{ ref('int_statements') }}
where
    mart_table = 'company_financials'
    and statistic not in ('yoy', 'cagr', 'change')
