-- One row a chip and source: its attributes side by side, the basis of each compute figure beside it.
with attributes as (
    select
        *,
        case
            when indicator = 'chip_performance' and basis like '%FP16%' then 'fp16'
            when indicator = 'chip_performance' and basis like '%BF16%' then 'fp16'
            when indicator = 'chip_performance' and basis like '%FP32%' then 'fp32'
            when indicator = 'chip_performance' and basis like '%TF32%' then 'tf32'
            when indicator = 'chip_performance' and basis like '%FP8%' then 'fp8'
            when indicator = 'chip_performance' and basis like '%INT8%' then 'int8'
            when indicator = 'chip_performance' then 'other'
            else indicator
        end as attribute
    from {{ ref('chip_attribute') }}
    where entity is not null and statistic = 'level'
),

-- a chip that prints one attribute twice keeps the preferred figure, then the one printed first
ranked as (
    select
        *,
        row_number() over (
            partition by entity, source_id, attribute
            order by
                case preference when 'preferred' then 0 when 'normal' then 1 else 2 end,
                line,
                figure_id
        ) as choice
    from attributes
)

select
    entity as chip,
    source_id,
    max(case when attribute = 'fp16' then value end) as fp16_flops,
    max(case when attribute = 'fp16' then basis end) as fp16_basis,
    max(case when attribute = 'fp32' then value end) as fp32_flops,
    max(case when attribute = 'fp32' then basis end) as fp32_basis,
    max(case when attribute = 'fp8' then value end) as fp8_flops,
    max(case when attribute = 'fp8' then basis end) as fp8_basis,
    max(case when attribute = 'int8' then value end) as int8_ops,
    max(case when attribute = 'int8' then basis end) as int8_basis,
    max(case when attribute = 'other' then value end) as other_compute,
    max(case when attribute = 'other' then basis end) as other_compute_basis,
    max(case when attribute = 'energy_efficiency' then value end) as printed_flops_per_watt,
    max(case when attribute = 'energy_efficiency' then basis end) as printed_flops_per_watt_basis,
    max(case when attribute = 'fp16' then value end) / max(case when attribute = 'power_draw' then value end)
        as computed_fp16_flops_per_watt,
    max(case when attribute = 'memory_capacity' then value end) as memory_bytes,
    max(case when attribute = 'memory_bandwidth' then value end) as memory_bytes_per_second,
    max(case when attribute = 'interconnect_bandwidth' then value end) as interconnect_bytes_per_second,
    max(case when attribute = 'power_draw' then value end) as power_watts,
    max(case when attribute = 'process_node' then value end) as process_nm,
    min(figure_id) as figure_id,
    {{ join_sorted('figure_id') }} as figure_ids
from ranked
where choice = 1
group by entity, source_id
