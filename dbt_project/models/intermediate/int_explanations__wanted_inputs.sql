-- What each input of a disagreeing statement would have to be for it to hold.
with disagreeing as (
    select * from {{ ref('int_explanations__disagreeing') }}
),

-- what each input would have to be for the statement to hold
wanted_inputs as (
    select
        comparison_id,
        rule,
        'lower' as slot,
        case when rule in ('share', 'ratio') then 'whole' else 'base' end as role_name,
        n_years,
        s_low,
        s_high,
        lower_source as source_id,
        lower_subject as subject,
        lower_indicator as indicator,
        lower_unit as unit,
        lower_period as period_label,
        lower_last_year as input_year,
        upper_last_year as other_year,
        lower_entity as entity,
        lower_segment as segment,
        lower_geography as geography,
        lower_table as table_id,
        lower_line as line,
        stated_figure_id,
        upper_figure_id,
        lower_figure_id,
        upper_low as other_low,
        upper_high as other_high,
        upper_low / wanted_high as x_low,
        upper_high / wanted_low as x_high
    from disagreeing
    where has_quotient and inputs_replaceable and wanted_low > 0 and wanted_high < 1e100
    union all
    select
        comparison_id,
        rule,
        'upper',
        case when rule in ('share', 'ratio') then 'part' else 'end level' end,
        n_years,
        s_low,
        s_high,
        upper_source,
        upper_subject,
        null,
        upper_unit,
        upper_period,
        upper_last_year,
        lower_last_year,
        null,
        null,
        null,
        upper_table,
        upper_line,
        stated_figure_id,
        upper_figure_id,
        lower_figure_id,
        lower_low,
        lower_high,
        wanted_low * lower_low,
        wanted_high * lower_high
    from disagreeing
    where has_quotient and inputs_replaceable and wanted_low > 0 and wanted_high < 1e100
)

select * from wanted_inputs
