-- What comparisons need of a figure: a plain number x (percent as a fraction) with its interval, and its series keys.
-- Open ends are cut at 1e150, so that products of them stay numbers.
select
    figure_id,
    source_id,
    line,
    table_id,
    row_key,
    column_key,
    exhibit,
    printed,
    qualifier,
    unit,
    currency,
    dimension,
    indicator,
    entity,
    segment,
    geography,
    basis,
    counted,
    period_label,
    period_start,
    period_end,
    extract(year from period_start) as first_year,
    extract(year from period_end) as last_year,
    status,
    statistic,
    published_on,
    known_from,
    preference,
    review,
    figure_role,
    value,
    case when unit in ('percent', 'pp') then value / 100.0 else value end as x,
    case
        when unit in ('percent', 'pp') then greatest(-1e150, value_low) / 100.0
        else greatest(-1e150, value_low)
    end as x_low,
    case
        when unit in ('percent', 'pp') then least(1e150, value_high) / 100.0
        else least(1e150, value_high)
    end as x_high,
    cny_per_unit,
    fx_rate,
    cny_per_unit / fx_rate as usd_per_unit,
    -- everything but the period and the statistic
    concat_ws(
        '|', indicator, coalesce(entity, ''), coalesce(segment, ''), coalesce(geography, ''), coalesce(counted, '')
    ) as subject,
    -- a growth or share counts nothing itself, so the noun is left out where it meets levels
    concat_ws(
        '|', indicator, coalesce(entity, ''), coalesce(segment, ''), coalesce(geography, '')
    ) as subject_key,
    coalesce(basis, '') as basis_key,
    case
        -- money/kWh is no money: amounts and prices a unit never meet
        when currency in ('USD', 'CNY') or cny_per_unit is not null then replace(unit, currency, 'money')
        when unit in ('percent', 'pp') then 'percent'
        else unit
    end as unit_kind
from {{ ref('int_figures__converted') }}
-- earlier vintages of a dataset were true on their days; what holds now is compared
where known_until is null
