-- One row a chip, source and variant: its attributes side by side, each with its basis and its figure.
-- Reports leave out whether a figure counts sparsity; the vendor's own figures (reference values) tell.
{% set formats = ['fp64', 'tf32', 'fp32', 'fp16', 'fp8', 'fp4', 'int8', 'int4'] %}
-- attribute: the column of its value, the stem of its other columns
{% set columns = [
    ('fp64', 'fp64_flops', 'fp64'),
    ('fp32', 'fp32_flops', 'fp32'),
    ('tf32', 'tf32_flops', 'tf32'),
    ('fp16', 'fp16_flops', 'fp16'),
    ('fp8', 'fp8_flops', 'fp8'),
    ('fp4', 'fp4_flops', 'fp4'),
    ('int8', 'int8_ops', 'int8'),
    ('int4', 'int4_ops', 'int4'),
    ('other', 'other_compute', 'other_compute'),
    ('energy_efficiency', 'printed_flops_per_watt', 'printed_flops_per_watt'),
    ('memory_capacity', 'memory_bytes', 'memory_bytes'),
    ('memory_bandwidth', 'memory_bytes_per_second', 'memory_bytes_per_second'),
    ('interconnect_bandwidth', 'interconnect_bytes_per_second', 'interconnect_bytes_per_second'),
    ('power_draw', 'power_watts', 'power_watts'),
    ('process_node', 'process_nm', 'process_nm'),
] %}
with attributes as (
    select
        attributes.*,
        figures.table_id,
        case
            when attributes.indicator <> 'chip_performance' then attributes.indicator
            when attributes.basis like '%BF16%' then 'fp16'
            {% for format in formats %}
                when attributes.basis like '%{{ format | upper }}%' then '{{ format }}'
            {% endfor %}
            else 'other'
        end as attribute,
        -- one chip in several shapes: 40GB variant
        case
            {% for part in [1, 2, 3] %}
                when split_part(attributes.basis, '; ', {{ part }}) like '% variant'
                    then split_part(attributes.basis, '; ', {{ part }})
            {% endfor %}
        end as variant
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
            partition by attributes.entity, attributes.source_id, attributes.variant, attributes.attribute
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
                    partition by attributes.entity, attributes.source_id, attributes.variant, attributes.attribute
                ) < max(attributes.value) over (
                    partition by attributes.entity, attributes.source_id, attributes.variant, attributes.attribute
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
        variant,
        {% for attribute, value, stem in columns %}
            max(case when attribute = '{{ attribute }}' then value end) as {{ value }},
            max(case when attribute = '{{ attribute }}' then basis end) as {{ stem }}_basis,
            max(case when attribute = '{{ attribute }}' then figure_id end) as {{ stem }}_figure_id,
        {% endfor %}
        max(case when attribute = 'fp16' then vendor_basis end) as fp16_vendor_basis,
        max(case when attribute = 'int8' then vendor_basis end) as int8_vendor_basis,
        {{ join_sorted('contested_attribute') }} as contested_attributes,
        min(figure_id) as figure_id,
        {{ join_sorted('figure_id') }} as figure_ids
    from ranked
    where choice = 1
    group by entity, source_id, variant
),

with_dense as (
    select
        wide.*,
        -- a figure with 2:4 sparsity is twice the dense one
        case
            when fp16_vendor_basis like '%dense%' then fp16_flops
            when fp16_vendor_basis like '%sparse%' then fp16_flops / 2
        end as fp16_dense_flops,
        case
            when int8_vendor_basis like '%dense%' then int8_ops
            when int8_vendor_basis like '%sparse%' then int8_ops / 2
        end as int8_dense_ops
    from wide
)

select
    chip,
    source_id,
    variant,
    {% for attribute, value, stem in columns %}
        {{ value }},
        {{ stem }}_basis,
        {{ stem }}_figure_id,
        {% if value == 'fp16_flops' %}
            fp16_vendor_basis,
            fp16_dense_flops,
        {% elif value == 'int8_ops' %}
            int8_vendor_basis,
            int8_dense_ops,
        {% endif %}
    {% endfor %}
    fp16_flops / power_watts as computed_fp16_flops_per_watt,
    fp16_dense_flops / power_watts as computed_fp16_dense_flops_per_watt,
    contested_attributes,
    figure_id,
    figure_ids
from with_dense
