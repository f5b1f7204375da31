"""What a person wants to know after a build: `python -m refugee_adaptation.summary`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from refugee_adaptation.report.marts import (
    Marts,
    MartsError,
    NoRowsError,
    NotBuiltError,
)
from refugee_adaptation.report.wording import moment, number, percent


def _posts(marts: Marts) -> str:
    row = marts.ask(
        """
        select
            count(*) as post_count,
            min(post_date) as first_date,
            max(post_date) as last_date
        from fct_posts
        """
    ).row
    comments = marts.ask("select count(*) as comment_count from fct_comments").row
    days = ""
    if row["first_date"] is not None:
        first, last = moment(row["first_date"])[:10], moment(row["last_date"])[:10]
        days = f", {first} to {last} in Beijing"
    synthetic = marts.ask(
        "select coalesce(bool_or(is_synthetic), false) as is_synthetic from crawl_rows"
    ).row
    note = "; synthetic, nobody's words" if synthetic["is_synthetic"] else ""
    return (
        f"{number(row['post_count'])} posts and "
        f"{number(comments['comment_count'])} comments{days}{note}"
    )


def _people(marts: Marts) -> str:
    row = marts.ask(
        """
        select
            count(*) as user_count,
            count(*) filter (where post_count > 0) as author_count,
            count(*) filter (where is_newcomer) as newcomer_count,
            count(*) filter (where is_newcomer is not null) as known_count
        from dim_users
        """
    ).row
    words = (
        f"{number(row['user_count'])}, {number(row['author_count'])} of them authors"
    )
    if row["known_count"]:
        share = percent(row["newcomer_count"] / row["known_count"])
        words += f"; {share} of those with a known registration are newcomers"
    return words


def _rejected(marts: Marts) -> str:
    row = marts.ask(
        """
        select
            coalesce(sum(raw_count), 0) as raw_count,
            coalesce(sum(rejected_count), 0) as rejected_count,
            coalesce(sum(superseded_count), 0) as superseded_count
        from crawl_rows
        """
    ).row
    return (
        f"{number(row['rejected_count'])} of {number(row['raw_count'])} raw rows, "
        f"each with its reason; {number(row['superseded_count'])} older copies"
    )


def _groups(marts: Marts) -> str:
    rows = marts.ask(
        """
        select group_name, count(*) as user_count
        from adaptation_groups
        group by group_name
        order by user_count desc, group_name
        """
    ).some()
    sizes = ", ".join(f"{r['group_name']} {number(r['user_count'])}" for r in rows.rows)
    chosen = marts.ask(
        "select claims_structure, reason from adaptation_model_selection where is_shown"
    ).rows
    return f"{sizes} ({chosen[0]['reason']})" if chosen else sizes


def _topics(marts: Marts) -> str:
    row = marts.ask(
        """
        select
            count(*) filter (where topics.topic_id > 0) as topic_count,
            max(finding.verdict) as verdict
        from topics
        cross join (
            select verdict from findings where finding_id = 'topics_exist'
        ) as finding
        """
    ).row
    return f"{number(row['topic_count'])} ({row['verdict']})"


def _anomalies(marts: Marts) -> str:
    rows = marts.ask(
        """
        select anomaly_type, count(*) as user_count
        from user_anomalies
        where anomaly_type <> 'none'
        group by anomaly_type
        order by user_count desc, anomaly_type
        """
    ).rows
    sizes = ", ".join(f"{r['anomaly_type']} {number(r['user_count'])}" for r in rows)
    return sizes or "none"


def _communities(marts: Marts) -> str:
    rows = marts.ask(
        """
        select
            tie_kind,
            count(*) as community_count,
            count(*) filter (where is_established) as established_count
        from communities
        group by tie_kind
        order by tie_kind
        """
    ).some()
    return "; ".join(
        f"{r['tie_kind']}: {number(r['established_count'])} established of "
        f"{number(r['community_count'])}"
        for r in rows.rows
    )


def _retention(marts: Marts) -> str:
    row = marts.ask(
        """
        select outcome, is_identifiable, reason
        from retention_identifiability
        where grouping = 'all'
        order by is_identifiable desc, outcome
        """
    ).row
    if row["is_identifiable"]:
        return f"identifiable for {row['outcome']}"
    # the first of its reasons; the table has them all
    reason = str(row["reason"]).removeprefix("not identifiable: ").split(";")[0]
    return f"not identifiable on this crawl: {reason}"


def _findings(marts: Marts) -> str:
    rows = marts.ask(
        """
        select verdict, count(*) as finding_count
        from findings
        group by verdict
        order by finding_count desc, verdict
        """
    ).some()
    return ", ".join(f"{number(r['finding_count'])} {r['verdict']}" for r in rows.rows)


LINES: tuple[tuple[str, Callable[[Marts], str]], ...] = (
    ("posts", _posts),
    ("people", _people),
    ("rejected", _rejected),
    ("groups", _groups),
    ("topics", _topics),
    ("anomalies", _anomalies),
    ("communities", _communities),
    ("retention", _retention),
    ("findings", _findings),
)


def summary(marts: Marts, report: Path) -> list[str]:
    """Say in ten lines what a build found.

    Args:
        marts: the tables of the build.
        report: where the report is, or would be.

    Returns:
        One line per matter; a table that is missing or empty is named as such.
    """
    lines = []
    for name, tell in LINES:
        try:
            told = tell(marts)
        except NotBuiltError as missing:
            told = f"not built ({missing.needed})"
        except NoRowsError as empty:
            told = f"none ({empty.table} is empty)"
        lines.append(f"{name:<12}{told}")
    where = (
        str(report) if report.is_file() else f"not written yet: make report ({report})"
    )
    lines.append(f"{'report':<12}{where}")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the summary of a build.

    Args:
        arguments: those of the command line, without the program's name.

    Returns:
        The exit code: 0, or 2 when the database cannot be read.
    """
    parser = argparse.ArgumentParser(
        prog="python -m refugee_adaptation.summary",
        description="Say in ten lines what a build found.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument(
        "--db",
        type=Path,
        default=Path(os.environ.get("ADAPTATION_DB", "adaptation.duckdb")),
        help="database of a build",
    )
    parser.add_argument(
        "--report", type=Path, default=Path("report.html"), help="where the report is"
    )
    options = parser.parse_args(arguments)
    try:
        with Marts(options.db) as marts:
            print("\n".join(summary(marts, options.report)))
    except MartsError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
