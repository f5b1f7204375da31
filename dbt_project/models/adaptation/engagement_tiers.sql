with

features as (
    select * from {{ ref("int_users__features") }}
),

spans as (
    select
        min(log_engagement) as lowest,
        max(log_engagement) - min(log_engagement) as span
    from features
),

-- two hundred bins make the search for the two best cuts exact between bins
binned as (
    select
        features.user_id,
        features.post_count,
        features.like_mean,
        features.log_engagement,
        floor(
            200 * (features.log_engagement - spans.lowest) / nullif(spans.span, 0)
        )::integer as bin
    from features
    cross join spans
),

bins as (
    select
        bin,
        count(*) as user_count,
        sum(log_engagement) as total,
        sum(log_engagement * log_engagement) as total_squares,
        min(log_engagement) as bin_low
    from binned
    where bin is not null
    group by bin
),

running as (
    select
        bin,
        bin_low,
        sum(user_count) over (order by bin) as user_count,
        sum(total) over (order by bin) as total,
        sum(total_squares) over (order by bin) as total_squares
    from bins
),

everybody as (
    select
        max(user_count) as user_count,
        max_by(total, bin) as total,
        max_by(total_squares, bin) as total_squares
    from running
),

-- natural breaks (Fisher 1958): the two cuts that leave the least variance in the tiers
cuts as (
    select
        lows.bin as low_bin,
        highs.bin as middle_bin,
        1 - (
            everybody.total_squares
            - power(lows.total, 2) / lows.user_count
            - power(highs.total - lows.total, 2) / (highs.user_count - lows.user_count)
            - power(everybody.total - highs.total, 2)
            / (everybody.user_count - highs.user_count)
        ) / nullif(
            everybody.total_squares
            - power(everybody.total, 2) / everybody.user_count,
            0
        ) as explained_share
    from running as lows
    inner join running as highs on lows.bin < highs.bin
    cross join everybody
    where highs.user_count < everybody.user_count
),

best_cut as (
    select *
    from cuts
    order by
        round(explained_share, 9) desc,
        low_bin asc,
        middle_bin asc
    limit 1
),

tiers as (
    select
        binned.user_id,
        binned.log_engagement,
        binned.like_mean,
        binned.post_count,
        best_cut.explained_share,
        case
            when binned.bin is null or best_cut.low_bin is null then 'undivided'
            when binned.bin <= best_cut.low_bin then 'low'
            when binned.bin <= best_cut.middle_bin then 'middle'
            else 'high'
        end as tier
    from binned
    left join best_cut on true
)

select * from tiers
