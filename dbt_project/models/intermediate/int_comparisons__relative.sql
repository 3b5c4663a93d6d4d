-- reference: a figure that says how many times (or percent of) another thing a thing is ("40 % of an H100") against the
-- quotient of what a dataset, or the typed reference, says of both. The last token of its basis, `vs <entity>`, names the
-- other thing; the token before it the attribute or the precision. Where it names none the verdict is not_comparable.
with stated as (
    select
        figures.*,
        case when indicator = 'chip_relative_performance' then 'chip_performance' else indicator end as of_indicator,
        substr(split_part(concat('; ', basis), '; vs ', 1), 3) as named,
        split_part(split_part(concat('; ', basis), '; vs ', 2), ';', 1) as other_entity
    from {{ ref('int_figures__comparable') }} as figures
    where
        entity is not null
        and concat('; ', basis) like '%; vs %'
        and statistic in ('ratio', 'change')
        and unit in ('percent', 'times', 'ratio')
),

reference_values as (
    select
        outside.*,
        indicators.label_en,
        coalesce(outside.basis, '') as basis_key
    from {{ ref('int_reference_values') }} as outside
    inner join {{ ref('indicators') }} as indicators on outside.indicator = indicators.indicator
    where
        outside.entity is not null
        and outside.unit not in ('percent', 'pp')
        and outside.value > 0
        and outside.is_only_one
        and coalesce(outside.statistic, 'level') = 'level'
),

-- what a reader must be told to know which quotient is meant: the precision, else what is measured
quotients as (
    select
        stated.figure_id,
        stated.named,
        stated.of_indicator,
        this.indicator,
        case
            when this.indicator = stated.of_indicator then greatest(this.basis_key, other.basis_key)
            when greatest(this.basis_key, other.basis_key) = '' then this.label_en
            else concat(this.label_en, '; ', greatest(this.basis_key, other.basis_key))
        end as reference_basis,
        concat(this.reference_id, ' over ', other.reference_id) as reference_id,
        concat(this.citation, '; ', other.citation) as citation,
        case when this.dataset_id = other.dataset_id then this.dataset_id end as dataset_id,
        this.value / other.value as quotient,
        this.value * (1 - this.tolerance) / (other.value * (1 + other.tolerance)) as quotient_low,
        this.value * (1 + this.tolerance) / (other.value * (1 - other.tolerance)) as quotient_high
    from stated
    inner join reference_values as this on stated.entity = this.entity
    inner join reference_values as other
        on
            stated.other_entity = other.entity
            and this.indicator = other.indicator
            and this.unit = other.unit
            and coalesce(this.segment, '') = coalesce(other.segment, '')
            and (
                this.basis_key = other.basis_key
                -- the one does not say whether it counts sparsity
                or (this.basis_key <> '' and this.basis_key = split_part(other.basis_key, ';', 1))
                or (other.basis_key <> '' and other.basis_key = split_part(this.basis_key, ';', 1))
            )
),

-- the names of precisions and attributes: a figure that names one of them means no other
names as (
    select distinct split_part(basis_key, ';', 1) as name
    from reference_values
    where basis_key <> ''
    union
    select label_en
    from {{ ref('indicators') }}
),

fitting as (
    select
        *,
        max(case when dataset_id is not null then 1 else 0 end) over (partition by figure_id) as has_dataset
    from quotients
    where
        split_part(named, ';', 1) = split_part(reference_basis, ';', 1)
        -- no precision is named: compute is meant
        or (indicator = of_indicator and split_part(named, ';', 1) not in (select name from names))
),

chosen as (
    select *
    from (
        select
            *,
            -- by name and not by the nearest value: what is chosen because it fits proves nothing
            row_number() over (
                partition by figure_id, coalesce(dataset_id, '')
                order by reference_basis, reference_id
            ) as choice
        from fitting
        where dataset_id is not null or has_dataset = 0
    ) as ranked
    where choice = 1
)

select
    concat('reference:', stated.figure_id, '~', chosen.reference_id) as comparison_id,
    'reference' as rule,
    'series' as found_by,
    stated.source_id,
    stated.figure_id as stated_figure_id,
    chosen.reference_id,
    chosen.reference_basis,
    case when chosen.named = '' then 'no precision named' else chosen.named end as basis_key,
    chosen.citation,
    stated.indicator,
    stated.unit as stated_unit,
    {{ rate_or_usual('stated.fx_rate') }} as fx,
    stated.x as s,
    stated.x_low as s_low,
    stated.x_high as s_high,
    chosen.quotient - case when stated.statistic = 'change' then 1 else 0 end as e,
    chosen.quotient_low - case when stated.statistic = 'change' then 1 else 0 end as e_low,
    chosen.quotient_high - case when stated.statistic = 'change' then 1 else 0 end as e_high
from stated
inner join chosen on stated.figure_id = chosen.figure_id
