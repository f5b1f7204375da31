with

tested as (
    select * from {{ ref("int_waves__within_person") }}
),

final as (
    select
        people_set,
        user_count,
        gained_count,
        lost_count,
        sign_test_p_value,
        first_chinese_count / user_count as first_chinese_share,
        last_chinese_count / user_count as last_chinese_share
    from tested
)

select * from final
