with

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

text_groups as (
    select * from {{ ref("int_posts__text_groups") }}
),

text_uses as (
    select
        posts.user_id,
        posts.created_at,
        text_groups.text_group_id,
        text_groups.shared_bits
    from text_groups
    inner join posts on text_groups.post_id = posts.post_id
),

-- a short line tells little, but its repetitions by one account add up
own_copies as (
    select
        user_id,
        count(*) as own_copy_count,
        0 as copying_user_count,
        0 as synchronised_user_count
    from text_uses
    group by
        user_id,
        text_group_id
    having (count(*) - 1) * min(shared_bits) >= {{ var("anomaly_copy_bits") }}
),

-- several people write one short line by chance, so each text must tell enough
shared_copies as (
    select
        user_id,
        0 as own_copy_count,
        count(distinct user_id) over (
            partition by text_group_id
        ) as copying_user_count,
        count(distinct user_id) over (
            partition by text_group_id
            order by created_at
            range between interval {{ var("anomaly_ring_minutes") }} minute preceding
            and interval {{ var("anomaly_ring_minutes") }} minute following
        ) as synchronised_user_count
    from text_uses
    where shared_bits >= {{ var("anomaly_copy_bits") }}
),

all_copies as (
    select * from own_copies
    union all
    select * from shared_copies
),

copies as (
    select
        user_id,
        max(own_copy_count) as own_copy_count,
        max(copying_user_count) as copying_user_count,
        max(synchronised_user_count) as synchronised_user_count
    from all_copies
    group by user_id
)

select * from copies
