{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

source as (
    select * from {{ source("crawl", "study_posts") }}
),

renamed as (
    select
        _source_file as source_file,
        _row_number as row_number,
        _format as crawl_format,
        _problem as read_problem,
        _captured_at as captured_at_raw,
        lower({{ strip_space("post_id") }}) as id_raw,
        lower({{ strip_space("user_id") }}) as user_id_raw,
        title as title_raw,
        content as body_raw,
        post_type as post_type_raw,
        like_count as like_count_raw,
        collect_count as collect_count_raw,
        comment_count as comment_count_raw,
        share_count as share_count_raw,
        create_time as created_at_raw,
        ip_localtion as ip_place_raw,
        null::varchar as source_keyword,
        {{ text_list("label", "#") }} as tags_raw
    from source
),

protected as (
    {{ protect_ids(
        "renamed",
        entity="post",
        texts=["title_raw", "body_raw"],
        text_lists=["tags_raw"],
        keep=post_columns()
    ) }}
)

select * from protected
