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
        case
            when first_user_count = 0 or second_user_count = 0
                then 'no bound: one sample holds no user of the shared days'
            when pair_kind = 'waves' and shared_user_count = 0
                then format(
                    'no user of {:,} is among {:,} others: no overlap at all is what '
                    || 'chance gives above {:,} people even if everybody stayed, so it '
                    || 'neither says that they left nor how many there were',
                    first_user_count,
                    second_user_count,
                    zero_expected_pool::bigint
                )
            when pair_kind = 'waves'
                then format(
                    '{:,} of {:,} users are among {:,} others: no bound, people leave '
                    || 'between waves and a small overlap need not mean a large pool',
                    shared_user_count,
                    first_user_count,
                    second_user_count
                )
            when shared_user_count = 0
                then format(
                    'no user of {:,} is among {:,} others: with 95 % confidence at '
                    || 'least {:,} people were active, and no overlap at all is what '
                    || 'chance gives above {:,}',
                    first_user_count,
                    second_user_count,
                    pool_low::bigint,
                    zero_expected_pool::bigint
                )
            else format(
                '{:,} of {:,} users are among {:,} others: at least {:,} people were '
                || 'active (lower end of the 95 % interval; busy users are met twice '
                || 'more easily, so the pool is rather larger)',
                shared_user_count,
                first_user_count,
                second_user_count,
                pool_low::bigint
            )
        end as pool_reading
    from pools
)

select * from final
