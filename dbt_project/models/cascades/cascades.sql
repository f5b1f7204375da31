with

notes as (
    select * from {{ ref("int_cascades__notes") }}
),

shapes as (
    select * from {{ ref("cascade_shape_null") }}
),

nulls as (
    select
        cascade_number,
        max(null_mean) filter (where statistic = 'depth')
            as depth_null_mean,
        max(null_low) filter (where statistic = 'depth')
            as depth_null_low,
        max(null_high) filter (where statistic = 'depth')
            as depth_null_high,
        max(z_score) filter (where statistic = 'depth')
            as depth_z_score,
        max(p_value) filter (where statistic = 'depth')
            as depth_p_value,
        max(null_mean) filter (where statistic = 'structural_virality')
            as structural_virality_null_mean,
        max(null_low) filter (where statistic = 'structural_virality')
            as structural_virality_null_low,
        max(null_high) filter (where statistic = 'structural_virality')
            as structural_virality_null_high,
        max(z_score) filter (where statistic = 'structural_virality')
            as structural_virality_z_score,
        max(p_value) filter (where statistic = 'structural_virality')
            as structural_virality_p_value,
        max(draw_count) as draw_count
    from shapes
    group by cascade_number
),

cascades as (
    select
        -- ids
        notes.post_id,
        notes.cascade_number,
        notes.post_author_id,

        -- strings
        case
            when nulls.cascade_number is null and notes.reply_count = notes.orphan_count
                then 'not tested: no replies to comments were collected'
            when
                nulls.cascade_number is null
                and notes.comment_count >= {{ var("cascade_min_comments") }}
                then 'not tested: not in the random sample of trees'
            when nulls.cascade_number is null
                then 'not tested: fewer than {{ var("cascade_min_comments") }} comments'
            when nulls.structural_virality_z_score is null
                then 'not tested: the numbers of replies fix the shape'
            when nulls.structural_virality_p_value < {{ var("claim_alpha") }}
                then 'more viral than chance'
            when nulls.structural_virality_z_score < 0
                then 'not more viral than chance: below the null mean'
            else 'not more viral than chance'
        end as shape_verdict,

        -- numerics
        notes.comment_count,
        notes.first_level_count,
        notes.reply_count,
        notes.orphan_count,
        notes.drawn_count,
        notes.people_count,
        notes.declared_comment_count,
        least(notes.comment_count / nullif(notes.declared_comment_count, 0), 1.0)
            as collected_share,
        notes.depth,
        notes.breadth,
        notes.structural_virality,
        notes.branching_factor,
        notes.median_reply_lag_hours,
        date_diff('second', notes.started_at, notes.half_size_at) / 3600.0::double
            as half_size_hours,
        date_diff('second', notes.started_at, notes.last_comment_at) / 3600.0::double
            as duration_hours,
        nulls.depth_null_mean,
        nulls.depth_null_low,
        nulls.depth_null_high,
        nulls.depth_z_score,
        nulls.depth_p_value,
        nulls.structural_virality_null_mean,
        nulls.structural_virality_null_low,
        nulls.structural_virality_null_high,
        nulls.structural_virality_z_score,
        nulls.structural_virality_p_value,
        nulls.draw_count,

        -- booleans
        notes.comment_count
        >= {{ var("cascade_complete_share") }} * notes.declared_comment_count
        and not notes.is_comment_count_censored as is_complete,

        -- timestamps
        notes.started_at,
        notes.first_comment_at,
        notes.last_comment_at,
        notes.captured_at
    from notes
    left join nulls on notes.cascade_number = nulls.cascade_number
)

select * from cascades
