{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

source as (
    select * from {{ source("crawl", "mediacrawler_posts") }}
),

renamed as (
    select
        _source_file as source_file,
        _row_number as row_number,
        _format as crawl_format,
        _problem as read_problem,
        coalesce({{ strip_space("last_modify_ts") }}, _captured_at) as captured_at_raw,
        lower({{ strip_space("note_id") }}) as id_raw,
        lower(
            coalesce({{ strip_space("user_id") }}, {{ strip_space("creator_hash") }})
        ) as user_id_raw,
        -- the crawler repeats the first 255 characters of the text as a missing title
        case
            when coalesce(title <> substr("desc", 1, 255), true) then title
        end as title_raw,
        "desc" as body_raw,
        type as post_type_raw,
        liked_count as like_count_raw,
        collected_count as collect_count_raw,
        comment_count as comment_count_raw,
        share_count as share_count_raw,
        time as created_at_raw,
        ip_location as ip_place_raw,
        {{ strip_space("source_keyword") }} as source_keyword,
        {{ text_list("tag_list", ",") }} as tags_raw
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
