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
            null::varchar as text_clean,
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
            "update fct_posts set title = $1, text_clean = $1 "
            "where post_id = printf('%016x', $2::bigint)",
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
            0::bigint as superseded_count,
            true as is_synthetic;

        create table rejected_rows as
        select
            'post' as entity,
            ['<b>bad</b>', '=1+1'] as rejection_reasons,
            ['<b>bad</b>', '=1+1'] as rejection_reasons_zh;
        """
    )
    # the words of a topic are the crawl's own; one is an emoji that a cut would halve
    words = [text.replace("\x00", "") for text in HOSTILE] + ["\U0001f468\u200d" * 40]
    connection.execute(
        """
        create table topic_terms as
        select
            topic_id,
            position::integer as term_rank,
            words[position] as word,
            'latin' as script,
            1.0 / position as weight,
            20 - position as document_count
        from
            (select ? as words),
            range(1, 12) as positions (position),
            (values (1), (2)) as topics (topic_id);

        create table topics as
        select
            topic_id,
            if(topic_id = 0, 'no topic', words[topic_id] || words[11]) as topic_label,
            if(topic_id = 0, null, array_to_string(words, ' ')) as topic_words,
            1 / 3 as prevalence_share,
            7 as main_post_count,
            0.1 as npmi_score,
            0.2 as lift_score,
            0.7 as stability_score,
            topic_id = 1 as is_stable,
            [printf('%016x', topic_id), printf('%016x', topic_id + 2)]
                as example_post_ids,
            'pmi_nmf' as method,
            0.2 as model_lift_score,
            0.1 as model_lift_low,
            0.3 as model_lift_high,
            0.025 as model_p_value,
            20 as post_count
        from
            (select ? as words),
            (values (0), (1), (2)) as ids (topic_id);

        create table topic_prevalence as
        select
            topics.topic_id,
            topics.topic_label,
            scopes.scope,
            scopes.scope_key,
            7 / 20 as main_share,
            0.3 as main_low,
            0.4 as main_high,
            7 as main_post_count,
            20 as post_count,
            7 as author_count
        from topics
        cross join (
            values ('all', 'all'), ('month', '2025-01'), ('month', '2025-02')
        ) as scopes (scope, scope_key)
        """.replace("?", _listed(words))
    )
    connection.close()
    return path


def small_network(path: Path) -> None:
    """Add two networks of 30 people in 3 communities to a small build.

    Args:
        path: the database.
    """
    connection = duckdb.connect(str(path))
    connection.execute(
        """
        create table influencers as
        select
            tie_kind,
            printf('%016x', i * 4096) as user_id,
            tie_kind || '-' || (1 + i % 3) as community_id,
            1.0 / (i + 2) as pagerank,
            i + 1 as pagerank_rank,
            i + 1 as pagerank_rank_low,
            i + 2 as pagerank_rank_high,
            2 as neighbour_count,
            1 as user_post_count,
            true as is_newcomer
        from range(30) as numbers (i), (values ('reply'), ('shared_hashtag')) as k (
            tie_kind
        );

        create table network_layout as
        select tie_kind, user_id, sin(pagerank_rank) as x, cos(pagerank_rank) as y
        from influencers;

        create table communities as
        select
            tie_kind,
            community_id,
            community_id[-1]::int as community_number,
            '<img src=x onerror="window.ran = true">' as community_name,
            count(*) as user_count,
            true as is_established,
            '{"code": "established"}' as reason_message,
            'established' as reason,
            'established' as reason_zh
        from influencers
        group by tie_kind, community_id;

        create table community_edges as
        select
            tie_kind,
            printf('%016x', i * 4096) as low_user_id,
            printf('%016x', (i + 3) * 4096) as high_user_id,
            1.0 + i as weight,
            1 as tie_count,
            1 as post_count,
            [printf('%016x', i % 10)] as post_ids,
            ['<script>window.ran = true</script>'] as shared_hashtags,
            timestamp '2025-01-14' as first_at,
            timestamp '2025-01-14' as last_at
        from range(27) as numbers (i), (values ('reply'), ('shared_hashtag')) as k (
            tie_kind
        );
        """
    )
    connection.close()


def _listed(words: list[str]) -> str:
    """A SQL list of texts."""
    quoted = ("'" + word.replace("'", "''") + "'" for word in words)
    return "[" + ", ".join(quoted) + "]"
