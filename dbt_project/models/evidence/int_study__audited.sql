with

row_audit as (
    select * from {{ ref("int_study__row_audit") }}
),

post_audit as (
    select * from {{ ref("int_study__post_audit") }}
),

follow_up_audit as (
    select * from {{ ref("int_study__follow_up_audit") }}
),

united as (
    select * from row_audit
    union all
    select * from post_audit
    union all
    select * from follow_up_audit
),

-- raw rows give the study's side of some figures, accepted posts the right one
audited as (
    select
        figure_id,
        max(reproduced_number) as reproduced_number,
        max(reproduced_text) as reproduced_text,
        max(corrected_number) as corrected_number,
        max(corrected_text) as corrected_text
    from united
    group by figure_id
)

select * from audited
