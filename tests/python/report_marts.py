"""A small build for the tests of the report: hostile text, every mart's columns."""

from __future__ import annotations

from pathlib import Path

import duckdb

HOSTILE = (
    "<script>window.ran = true</script>",
    '"><img src=x onerror="window.ran = true">',
    "{{ 7 * 7 }} {% raw %} ${window.ran = true}",
    "\u202eright to left\u202c",
    "w" * 10_000,
    "👩‍👩‍👧‍👦🏳️‍🌈🇨🇳",
    "</script><script>window.ran = true</script>",
    "<!-- <script>",
    "=HYPERLINK(1)",
    "nul\x00 and \x0b control \ufffe",
)


def small_build(path: Path) -> Path:
    """Write the core marts of a crawl of twenty posts whose texts are hostile."""
    connection = duckdb.connect(str(path))
    connection.execute(
        """
        create table fct_posts as
        select
            printf('%016x', i) as post_id,
            printf('%016x', i % 7) as user_id,
            'posts.csv' as source_file,
            null::varchar as title,
            timestamp '2025-01-10 15:00' + to_hours(i * 13) as created_at,
            (timestamp '2025-01-10 23:00' + to_hours(i * 13))::date as post_date,
            if(i % 3 = 0, 'zh', 'en') as language,
            if(i % 2 = 0, true, null) as is_newcomer,
            i * i as like_count,
            i as collect_count,
            i * 3 as comment_count,
            0 as share_count,
            i = 10 as is_like_count_censored,
            false as is_collect_count_censored,
            false as is_comment_count_censored,
            false as is_share_count_censored
        from range(20) as numbers (i)
        """
    )
    for number, text in enumerate(HOSTILE):
        connection.execute(
            "update fct_posts set title = ? where post_id = printf('%016x', ?::bigint)",
            [text.replace("\x00", ""), number],
        )
    connection.execute(
        """
        create table fct_comments as
        select 'a' as comment_id, '0' as post_id where false;

        create table dim_users as
        select
            user_id,
            any_value(title) as ip_place,
            count(*) as post_count,
            bool_or(is_newcomer) as is_newcomer,
            min(created_at) - interval 1 day as account_created_at
        from fct_posts
        group by user_id;

        create table crawl_rows as
        select
            '<script>window.ran = true</script>.csv' as source_file,
            'study' as crawl_format,
            'post' as entity,
            22::bigint as raw_count,
            20::bigint as accepted_count,
            2::bigint as rejected_count,
            0::bigint as superseded_count;

        create table rejected_rows as
        select 'post' as entity, ['<b>bad</b>', '=1+1'] as rejection_reasons;
        """
    )
    connection.close()
    return path
