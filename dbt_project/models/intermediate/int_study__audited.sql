{%- set counts = ["collect", "comment", "share", "like"] -%}
{#- figure, what the study's way gives (number, text), what the right way gives -#}
{%- set figures = [
    ("data_rows", "null", "null", "post_count", "null"),
    ("claim_posts", "row_count", "null", "post_count", "null"),
    ("audit_band_cells", "misread_cell_count", "null", "null", "null"),
    ("audit_banded_rows", "banded_row_count", "null", "null", "null"),
    ("audit_banded_rows_second_wave", "late_banded_row_count", "null", "null", "null"),
    ("audit_marker_count", "marker_count", "null", "null", "null"),
    ("audit_marker_posts", "marked_row_count", "null", "null", "null"),
    (
        "audit_marker_first_period",
        "null",
        "concat(early_marked_row_count, ' of ', early_row_count)",
        "null",
        "null",
    ),
    (
        "audit_marker_second_period",
        "null",
        "concat(late_marked_row_count, ' of ', late_row_count)",
        "null",
        "null",
    ),
    ("audit_users", "row_count", "null", "user_count", "null"),
    ("audit_repeat_users", "null", "null", "repeat_user_count", "null"),
    ("audit_emoji_posts", "emoji_post_count", "null", "null", "null"),
    ("audit_sticker_posts", "sticker_post_count", "null", "null", "null"),
    ("audit_apostrophe_posts", "apostrophe_row_count", "null", "null", "null"),
    ("audit_first_post", "null", "first_post", "null", "null"),
    ("audit_last_post", "null", "last_post", "null", "null"),
    ("audit_posts_after_end", "post_count_after_end", "null", "null", "null"),
    (
        "audit_busiest_days",
        "busiest_count / nullif(post_count, 0)",
        "null",
        "null",
        "null",
    ),
    ("audit_busiest_hour", "platform_hour", "null", "audience_hour", "null"),
    ("audit_hour_shift", "null", "null", "hour_shift", "null"),
    (
        "audit_night_first_wave",
        "null",
        "concat(busiest_night_count, ' of ', busiest_count)",
        "null",
        "null",
    ),
    (
        "audit_night_second_wave",
        "null",
        "concat(late_night_count, ' of ', late_post_count)",
        "null",
        "null",
    ),
    (
        "audit_refugee_posts",
        "null",
        "concat(refugee_post_count, ' of ', post_count)",
        "null",
        "null",
    ),
    ("audit_explorers_mean_likes", "null", "null", "like_median", "null"),
    (
        "follow_up_retained_here",
        "null",
        "concat(retained_user_count, ' of ', january_user_count)",
        "null",
        "null",
    ),
    (
        "follow_up_accuracy",
        "1 - follow_up_retained / follow_up_users",
        "null",
        "null",
        "null",
    ),
    ("follow_up_auc", "null", "null", "null", "auc_interval"),
] -%}
with

post_rows as (
    select * from {{ ref("int_posts__as_crawled") }}
),

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

published as (
    select * from {{ ref("study_published_figures") }}
),

marked_rows as (
    select
        *,
        concat_ws(' ', title_raw, body_raw) as full_text,
        contains(full_text, '[话题]') as is_marked,
        {%- for count in counts %}
            coalesce({{ count }}_count_band_end > {{ count }}_count, false)
            or ({{ count }}_count is not null and {{ count }}_count_band_end is null)
            {%- if not loop.last %} or{% endif %}
        {%- endfor %} as is_banded
    from post_rows
),

row_facts as (
    select
        count(*) as row_count,
        sum(
            {%- for count in counts %}
                coalesce(
                    regexp_matches({{ count }}_count_raw, '千|亿|[kKwW]'), false
                )::int
                {%- if not loop.last %} +{% endif %}
            {%- endfor %}
        ) as misread_cell_count,
        count(*) filter (is_banded) as banded_row_count,
        count(*) filter (is_banded and is_second_wave) as late_banded_row_count,
        sum(len(regexp_extract_all(full_text, '\[话题\]'))) as marker_count,
        count(*) filter (is_marked) as marked_row_count,
        count(*) filter (is_marked and is_second_wave) as late_marked_row_count,
        count(*) filter (is_marked and not is_second_wave) as early_marked_row_count,
        count(*) filter (is_second_wave) as late_row_count,
        count(*) filter (not is_second_wave) as early_row_count,
        count(*) filter (
            regexp_matches(full_text, '[A-Za-z][''’][A-Za-z]')
        ) as apostrophe_row_count
    from marked_rows
),

days as (
    select
        post_date,
        count(*) as post_count
    from posts
    group by post_date
),

three_days as (
    select
        first_day.post_date as first_date,
        sum(days.post_count) as busiest_count
    from days as first_day
    inner join days
        on days.post_date between first_day.post_date and first_day.post_date + 2
    group by first_day.post_date
    order by busiest_count desc, first_date asc
    limit 1
),

dated_posts as (
    select
        posts.*,
        {{ local_time("posts.created_at", var("platform_zone")) }}
            as platform_time,
        posts.post_date >= date '{{ var("study_second_wave_from") }}' as is_late,
        posts.post_date - three_days.first_date between 0 and 2 as is_busiest
    from posts
    left join three_days on true
),

post_facts as (
    select
        count(*) as post_count,
        count(distinct user_id) as user_count,
        count(*) filter (emoji_count > 0) as emoji_post_count,
        count(*) filter (sticker_count > 0) as sticker_post_count,
        median(like_count) as like_median,
        {%- for count in counts %}
            sum({{ count }}_count) as {{ count }}_sum,
            -- an open band is taken to end before ten times its start
            sum(coalesce(
                {{ count }}_count_high, greatest(10 * {{ count }}_count - 1, 1)
            )) as {{ count }}_sum_high,
        {%- endfor %}
        strftime(min(platform_time), '%Y-%m-%d %H:%M') as first_post,
        strftime(max(platform_time), '%Y-%m-%d %H:%M') as last_post,
        count(*) filter (
            post_date > date '{{ var("study_stated_to") }}'
        ) as post_count_after_end,
        mode(post_hour order by post_hour) as platform_hour,
        mode(audience_hour order by audience_hour) as audience_hour,
        mode(
            (post_hour - audience_hour + 24) % 24 order by post_hour
        ) as hour_shift,
        count(*) filter (is_busiest and post_hour between 1 and 6)
            as busiest_night_count,
        count(*) filter (is_late) as late_post_count,
        count(*) filter (is_late and post_hour between 1 and 6) as late_night_count,
        count(*) filter (
            regexp_matches(
                lower(concat_ws(' ', title, body, array_to_string(hashtags, ' '))),
                'refug|难民|難民'
            )
        ) as refugee_post_count
    from dated_posts
),

posts_by_user as (
    select
        user_id,
        count(*) as post_count,
        count(*) filter (post_month = date '2025-01-01') as january_count,
        count(*) filter (post_month = date '2025-02-01') as february_count
    from posts
    group by user_id
),

user_facts as (
    select
        count(*) filter (post_count > 1) as repeat_user_count,
        count(*) filter (january_count > 0) as january_user_count,
        count(*) filter (january_count > 0 and february_count > 0)
            as retained_user_count
    from posts_by_user
),

follow_up_figures as (
    select
        max(published_number) filter (figure_id = 'follow_up_users')
            as follow_up_users,
        max(published_number) filter (figure_id = 'follow_up_retained')
            as follow_up_retained,
        max(published_number) filter (figure_id = 'follow_up_auc') as auc
    from published
),

follow_up as (
    select
        *,
        -- Hanley and McNeil 1982, Radiology 143: the standard error of an AUC
        sqrt((
            auc * (1 - auc)
            + (follow_up_retained - 1) * (auc / (2 - auc) - auc * auc)
            + (follow_up_users - follow_up_retained - 1)
            * (2 * auc * auc / (1 + auc) - auc * auc)
        ) / (follow_up_retained * (follow_up_users - follow_up_retained))) as auc_error
    from follow_up_figures
),

facts as (
    select
        row_facts.*,
        post_facts.*,
        user_facts.*,
        follow_up.*,
        coalesce(three_days.busiest_count, 0) as busiest_count,
        printf(
            '%.3f to %.3f',
            follow_up.auc - 1.96 * follow_up.auc_error,
            follow_up.auc + 1.96 * follow_up.auc_error
        ) as auc_interval
    from row_facts
    cross join post_facts
    cross join user_facts
    cross join follow_up
    left join three_days on true
),

audited as (
    {%- for figure_id, number, words, corrected_number, corrected_words in figures %}
        select
            '{{ figure_id }}' as figure_id,
            ({{ number }})::double as reproduced_number,
            ({{ words }})::varchar as reproduced_text,
            ({{ corrected_number }})::double as corrected_number,
            ({{ corrected_words }})::varchar as corrected_text
        from facts
        union all
    {%- endfor %}
    {%- for count in counts %}
        select
            'data_sum_{{ count }}' as figure_id,
            null::double as reproduced_number,
            null::varchar as reproduced_text,
            {{ count }}_sum::double as corrected_number,
            {{ count }}_sum || ' to ' || {{ count }}_sum_high as corrected_text
        from facts
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
)

select * from audited
