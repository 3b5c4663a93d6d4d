-- One row a chip and source: its attributes side by side, the basis of each compute figure beside it.
-- Reports leave out whether a figure counts sparsity; the vendor's own figures (reference values) tell.
with attributes as (
    select
        attributes.*,
        figures.table_id,
        case
            when attributes.indicator <> 'chip_performance' then attributes.indicator
            when attributes.basis like '%TF32%' then 'tf32'
            when attributes.basis like '%FP16%' or attributes.basis like '%BF16%' then 'fp16'
            when attributes.basis like '%FP32%' then 'fp32'
            when attributes.basis like '%FP8%' then 'fp8'
            when attributes.basis like '%INT8%' then 'int8'
            else 'other'
        end as attribute
    -- all prints: a table says the number format where the prose before it does not
    from {{ ref('figures') }} as attributes
    inner join {{ ref('int_figures__converted') }} as figures
        on attributes.figure_id = figures.figure_id and figures.mart_table = 'chip_attribute'
    -- servers, machines and foundries stay in chip_attribute
    inner join {{ ref('entities') }} as entities
        on attributes.entity = entities.entity and entities.kind = 'chip'
    where
        attributes.statistic = 'level'
        and attributes.{{ adapter.quote('role') }} = 'value'
        and attributes.known_until is null
),

vendor_figures as (
    select
        entity,
        lower(split_part(basis, ';', 1)) as attribute,
        basis,
        value,
        -- reports round the vendor's figures, so half a percent is allowed even where the reference is exact
        greatest(tolerance, 0.005) as tolerance
    from {{ ref('int_reference_values') }}
    where
        indicator = 'chip_performance'
        and (basis like '%dense%' or basis like '%sparse%')
),

with_vendor as (
    select
        attributes.figure_id,
        min(vendor_figures.basis) as vendor_basis
    from attributes
    inner join vendor_figures
        on
            attributes.entity = vendor_figures.entity
            and attributes.attribute = vendor_figures.attribute
            and abs(attributes.value - vendor_figures.value) <= vendor_figures.tolerance * vendor_figures.value
    group by attributes.figure_id
),

-- a chip that prints one attribute twice keeps the preferred figure, then a table's before prose, then the first
ranked as (
    select
        attributes.*,
        with_vendor.vendor_basis,
        row_number() over (
            partition by attributes.entity, attributes.source_id, attributes.attribute
            order by
                case attributes.preference when 'preferred' then 0 when 'normal' then 1 else 2 end,
                case when attributes.basis like '%as printed%' then 1 else 0 end,
                case when attributes.table_id is null then 1 else 0 end,
                attributes.line,
                attributes.figure_id
        ) as choice,
        case
            when
                min(attributes.value) over (
                    partition by attributes.entity, attributes.source_id, attributes.attribute
                ) < max(attributes.value) over (
                    partition by attributes.entity, attributes.source_id, attributes.attribute
                )
                then attributes.attribute
        end as contested_attribute
    from attributes
    left join with_vendor
        on attributes.figure_id = with_vendor.figure_id
),

wide as (
    select
        entity as chip,
        source_id,
        max(case when attribute = 'fp16' then value end) as fp16_flops,
        max(case when attribute = 'fp16' then basis end) as fp16_basis,
        max(case when attribute = 'fp16' then vendor_basis end) as fp16_vendor_basis,
        max(case when attribute = 'fp32' then value end) as fp32_flops,
        max(case when attribute = 'fp32' then basis end) as fp32_basis,
        max(case when attribute = 'fp8' then value end) as fp8_flops,
        max(case when attribute = 'fp8' then basis end) as fp8_basis,
        max(case when attribute = 'int8' then value end) as int8_ops,
        max(case when attribute = 'int8' then basis end) as int8_basis,
        max(case when attribute = 'int8' then vendor_basis end) as int8_vendor_basis,
        max(case when attribute = 'other' then value end) as other_compute,
        max(case when attribute = 'other' then basis end) as other_compute_basis,
        max(case when attribute = 'energy_efficiency' then value end) as printed_flops_per_watt,
        max(case when attribute = 'energy_efficiency' then basis end) as printed_flops_per_watt_basis,
        max(case when attribute = 'memory_capacity' then value end) as memory_bytes,
        max(case when attribute = 'memory_bandwidth' then value end) as memory_bytes_per_second,
        max(case when attribute = 'interconnect_bandwidth' then value end) as interconnect_bytes_per_second,
        max(case when attribute = 'power_draw' then value end) as power_watts,
        max(case when attribute = 'process_node' then value end) as process_nm,
        {{ join_sorted('contested_attribute') }} as contested_attributes,
        min(figure_id) as figure_id,
        {{ join_sorted('figure_id') }} as figure_ids
    from ranked
    where choice = 1
    group by entity, source_id
)

select
    chip,
    source_id,
    fp16_flops,
    fp16_basis,
    fp16_vendor_basis,
    -- a figure with 2:4 sparsity is twice the dense one
    case
        when fp16_vendor_basis like '%dense%' then fp16_flops
        when fp16_vendor_basis like '%sparse%' then fp16_flops / 2
    end as fp16_dense_flops,
    fp32_flops,
    fp32_basis,
    fp8_flops,
    fp8_basis,
    int8_ops,
    int8_basis,
    int8_vendor_basis,
    case
        when int8_vendor_basis like '%dense%' then int8_ops
        when int8_vendor_basis like '%sparse%' then int8_ops / 2
    end as int8_dense_ops,
    other_compute,
    other_compute_basis,
    printed_flops_per_watt,
    printed_flops_per_watt_basis,
    fp16_flops / power_watts as computed_fp16_flops_per_watt,
    case
        when fp16_vendor_basis like '%dense%' then fp16_flops
        when fp16_vendor_basis like '%sparse%' then fp16_flops / 2
    end / power_watts as computed_fp16_dense_flops_per_watt,
    memory_bytes,
    memory_bytes_per_second,
    interconnect_bytes_per_second,
    power_watts,
    process_nm,
    contested_attributes,
    figure_id,
    figure_ids
from wide
