with

pools as (
    select * from {{ ref("capture_pools") }}
),

final as (
    select
        pair_kind,
        entity,
        first_name,
        second_name,
        first_user_count,
        second_user_count,
        shared_user_count,
        pool_estimate,
        pool_low,
        pool_high,
        zero_expected_pool,
        json_object(
            'code', case
                when first_user_count = 0 or second_user_count = 0
                    then 'pool_no_sample'
                when pair_kind = 'waves' and shared_user_count = 0
                    then 'pool_waves_apart'
                when pair_kind = 'waves' then 'pool_waves_overlap'
                when shared_user_count = 0 then 'pool_apart'
                else 'pool_overlap'
            end,
            'shared', shared_user_count,
            'first', first_user_count,
            'second', second_user_count,
            'low', pool_low::bigint,
            'zero', zero_expected_pool::bigint
        )::varchar as pool_message,
        say(pool_message, 'en') as pool_reading,
        say(pool_message, 'zh') as pool_reading_zh
    from pools
)

select * from final
