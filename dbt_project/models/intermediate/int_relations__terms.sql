-- One row a term of a stated tie, as numbers. When the terms of one tie are in several currencies, all of its money
-- is put into USD and widened by how far a yearly average may be from the rate that the author used.
with stated as (
    select * from {{ ref('stg_relations') }}
),

-- A table's check and a relation file, or the files of two reports, may state one tie: it is compared once. Ties are
-- told apart by a number first, because the texts of all their terms are large; only where the numbers meet do the
-- texts decide.
each_term as (
    select
        relation_id,
        rule,
        covers,
        years,
        concat(
            role, '=', coalesce(figure_id, ''), '~', coalesce(figure_id_high, ''), '~', coalesce(cast(constant as {{ dbt.type_string() }}), '')
        ) as term
    from stated
),

numbered as (
    select
        relation_id,
        bit_xor({{ hash_of('term') }}) as number
    from each_term
    group by relation_id
),

met as (
    select number
    from numbered
    group by number
    having count(*) > 1
),

signatures as (
    select
        each_term.relation_id,
        concat(
            max(each_term.rule), ' ', coalesce(max(each_term.covers), ''), ' ',
            coalesce(cast(max(each_term.years) as {{ dbt.type_string() }}), ''), ' ', {{ join_sorted('each_term.term') }}
        ) as signature
    from each_term
    inner join numbered on each_term.relation_id = numbered.relation_id
    inner join met on numbered.number = met.number
    group by each_term.relation_id
),

repeated as (
    select relation_id
    from (
        select
            relation_id,
            row_number() over (
                partition by signature
                order by case when {{ is_found('relation_id') }} then 1 else 0 end, relation_id
            ) as place
        from signatures
    ) as placed
    where place > 1
),

-- what a text tells by itself stands back where a person has tied the same figures by the same kind of rule
figure_sets as (
    select
        relation_id,
        case when max(rule) in ('repeat', 'text_vs_table') then 'equal' else max(rule) end as kind,
        bit_xor({{ hash_of('figure_id') }}) as number,
        count(*) as n,
        max({{ is_found('relation_id') }}) as is_found
    from (
        select distinct
            relation_id,
            rule,
            figure_id
        from stated
        where figure_id is not null
    ) as members
    group by relation_id
),

told as (
    select distinct found_set.relation_id
    from figure_sets as found_set
    inner join figure_sets as person_set
        on
            found_set.is_found
            and not person_set.is_found
            and found_set.kind = person_set.kind
            and found_set.number = person_set.number
            and found_set.n = person_set.n
),

relations as (
    select stated.*
    from stated
    left join repeated on stated.relation_id = repeated.relation_id
    left join told on stated.relation_id = told.relation_id
    where repeated.relation_id is null and told.relation_id is null
),

figures as (
    select * from {{ ref('int_figures__comparable') }}
),

terms as (
    select
        relations.relation_id,
        relations.source_id as relation_source,
        relations.rule,
        relations.covers,
        relations.role,
        relations.position,
        relations.years,
        relations.note,
        relations.figure_id,
        relations.figure_id_high,
        low_end.source_id,
        low_end.line,
        low_end.qualifier,
        low_end.unit,
        low_end.unit_kind,
        low_end.currency,
        low_end.dimension,
        low_end.indicator,
        low_end.statistic,
        low_end.basis,
        low_end.first_year,
        low_end.last_year,
        low_end.period_label,
        low_end.fx_rate,
        low_end.usd_per_unit,
        coalesce(relations.constant, (low_end.x + high_end.x) / 2) as x,
        coalesce(relations.constant, low_end.x_low) as x_low,
        coalesce(relations.constant, high_end.x_high) as x_high,
        relations.constant is null and (low_end.figure_id is null or high_end.figure_id is null) as is_missing
    from relations
    left join figures as low_end
        on relations.figure_id = low_end.figure_id
    left join figures as high_end
        on relations.figure_id_high = high_end.figure_id
),

mixed as (
    select
        relation_id,
        count(distinct case when {{ is_money('unit_kind') }} then currency end) > 1 and max(rule) <> 'currency_pair'
        -- a chain that carries its own exchange rate converts itself
        and max(case when indicator = 'exchange_rate' then 1 else 0 end) = 0 as is_mixed,
        max(case when is_missing then 1 else 0 end) = 1 as has_missing,
        -- in a sum of percentages a constant is a percentage as well (the whole is =100)
        max(rule) = 'sum' and count(unit_kind) = count(case when unit_kind = 'percent' then 1 end) as is_percent_sum
    from terms
    group by relation_id
)

select
    terms.relation_id,
    terms.relation_source,
    terms.rule,
    terms.covers,
    terms.role,
    terms.position,
    terms.years,
    terms.note,
    terms.figure_id,
    terms.figure_id_high,
    terms.source_id,
    terms.line,
    terms.qualifier,
    terms.unit,
    terms.unit_kind,
    terms.currency,
    terms.dimension,
    terms.indicator,
    terms.statistic,
    terms.basis,
    terms.first_year,
    terms.last_year,
    terms.period_label,
    terms.fx_rate,
    mixed.has_missing,
    mixed.is_mixed,
    case
        when mixed.is_mixed and {{ is_money('terms.unit_kind') }} then terms.x * terms.usd_per_unit
        when mixed.is_percent_sum and terms.figure_id is null then terms.x / 100.0
        else terms.x
    end as x,
    case
        when mixed.is_percent_sum and terms.figure_id is null then terms.x_low / 100.0
        when mixed.is_mixed and {{ is_money('terms.unit_kind') }} and terms.currency <> 'USD'
            then terms.x_low * terms.usd_per_unit * (1 - {{ var('fx_tolerance') }} * sign(terms.x_low))
        else terms.x_low
    end as x_low,
    case
        when mixed.is_percent_sum and terms.figure_id is null then terms.x_high / 100.0
        when mixed.is_mixed and {{ is_money('terms.unit_kind') }} and terms.currency <> 'USD'
            then terms.x_high * terms.usd_per_unit * (1 + {{ var('fx_tolerance') }} * sign(terms.x_high))
        else terms.x_high
    end as x_high
from terms
inner join mixed
    on terms.relation_id = mixed.relation_id
