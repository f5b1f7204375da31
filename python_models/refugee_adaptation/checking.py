"""`adaptation check`: what a crawl holds, and what it can be asked, before a build."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import yaml

from refugee_adaptation.builds import PROJECT, columns_option
from refugee_adaptation.crawl.inventory import describe
from refugee_adaptation.crawl.layouts import FIELDS
from refugee_adaptation.crawl.reading import Crawl, read_crawl
from refugee_adaptation.crawl.sheets import CrawlError

#: A field of ours, or several of which one is enough, by entity.
Needs = Mapping[str, Sequence[str | tuple[str, ...]]]
EXAMPLES = """\
examples:
  adaptation check path/to/crawl
  adaptation check posts.csv comments.csv --json
"""


@dataclass(frozen=True)
class Question:
    """What a build may answer.

    Attributes:
        words: The question.
        needs: What a crawl must hold.
        least: Setting of `dbt_project.yml` that says how many are needed, and of whom:
            `posts`, `people` or `newcomers`.
    """

    words: str
    needs: Needs
    least: tuple[str, str] | None = None


#: Hex digits of an id.
_ID = 24
_TEXT = ("title", "body")
QUESTIONS = (
    Question("Who came, and when?", {"posts": ["user_id", ("created_at", "post_id")]}),
    Question("What draws attention?", {"posts": ["like_count"]}),
    Question(
        "What do they talk about?",
        {"posts": [_TEXT]},
        ("topic_min_posts", "posts"),
    ),
    Question(
        "Are there groups that adapt differently?",
        {"posts": ["user_id", _TEXT]},
        ("adaptation_min_users", "newcomers"),
    ),
    Question("Where do they write from?", {"posts": ["ip_place"]}),
    Question(
        "Are there communities by shared hashtags?",
        {"posts": ["user_id", ("tags", "body")]},
    ),
    Question(
        "Are there communities by replies?",
        {"posts": ["user_id"], "comments": ["user_id", "post_id"]},
    ),
    Question(
        "How do replies spread?",
        {"comments": ["post_id", "parent_comment_id", "created_at"]},
    ),
    Question(
        "Who stays? (only of a crawl that has nearly everybody's posts)",
        {"posts": ["user_id"], "comments": ["user_id", "created_at"]},
        ("retention_min_users", "people"),
    ),
    Question(
        "What to show to whom?",
        {"posts": ["user_id", ("tags", "body")]},
        ("recommendation_min_users", "people"),
    ),
)


def filled_shares(table: pa.Table) -> dict[str, float]:
    """Share of rows in which each field is not blank.

    Args:
        table: Posts or comments, as they were read.

    Returns:
        The shares, 0 to 1, by field; 0 of a table without rows.
    """
    rows = table.num_rows
    shares = {}
    for name in table.schema.names:
        if name.startswith("_"):
            continue
        letters = pc.utf8_length(pc.utf8_trim_whitespace(table[name]))
        written = pc.sum(pc.fill_null(pc.greater(letters, 0), False)).as_py()
        shares[name] = (written or 0) / rows if rows else 0.0
    return shares


def missing(
    question: Question,
    tables: Mapping[str, pa.Table],
    shares: Mapping[str, Mapping[str, float]],
    settings: Mapping[str, Any],
) -> list[str]:
    """Say what a crawl lacks to answer a question.

    Args:
        question: The question.
        tables: The crawl's posts and comments.
        shares: As :func:`filled_shares` gives them, by entity.
        settings: The variables of `dbt_project.yml`.

    Returns:
        What is missing, in words; nothing where it can be asked.
    """
    lacks = []
    for entity, fields in question.needs.items():
        if not tables[entity].num_rows:
            lacks.append(entity)
            continue
        for field in fields:
            names = (field,) if isinstance(field, str) else field
            if not any(shares[entity][name] for name in names):
                lacks.append(f"{' or '.join(names)} of {entity}")
    if question.least and not lacks:
        setting, whom = question.least
        count = _count(whom, tables["posts"], settings)
        if count < settings[setting]:
            lacks.append(f"at least {settings[setting]} {whom} ({count} here)")
    return lacks


def _count(whom: str, posts: pa.Table, settings: Mapping[str, Any]) -> int:
    """Count posts, those who wrote them, or those of them who are newcomers."""
    name = "post_id" if whom == "posts" else "user_id"
    found = pc.unique(posts[name].drop_null()).to_pylist()
    if whom != "newcomers":
        return len(found)
    zone = ZoneInfo(settings["platform_zone"])
    since = datetime.fromisoformat(settings["newcomer_from"]).replace(tzinfo=zone)
    # the first eight digits of an id are the second in which it was given (macro
    # `id_created_at`); what is no id is no newcomer
    first = f"{int(since.timestamp()):08x}"
    return sum(len(one) == _ID and one[:8].lower() >= first for one in found)


def findings_of(crawl: Crawl) -> dict[str, Any]:
    """Tell what a crawl holds and what it can be asked.

    Args:
        crawl: The crawl.

    Returns:
        `rows` and `filled` by entity, and `questions` with what each lacks.
    """
    tables = {entity: crawl.tables[entity] for entity in FIELDS}
    shares = {entity: filled_shares(table) for entity, table in tables.items()}
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text("utf-8"))
    return {
        "rows": {entity: table.num_rows for entity, table in tables.items()},
        "filled": shares,
        "questions": {
            one.words: missing(one, tables, shares, project["vars"])
            for one in QUESTIONS
        },
    }


def in_words(found: Mapping[str, Any]) -> str:
    """Write findings for the terminal.

    Args:
        found: As :func:`findings_of` gives them.

    Returns:
        Lines of text.
    """
    lines = []
    for entity, shares in found["filled"].items():
        if not found["rows"][entity]:
            lines.append(f"No {entity}.")
            continue
        held = [f"{name} {_percent(share)}" for name, share in shares.items() if share]
        lines.append(f"Filled in {entity}: {', '.join(held)}")
        empty = [name for name, share in shares.items() if not share]
        if empty:
            lines.append(f"Never filled: {', '.join(empty)}")
    asked = found["questions"].items()
    lines += ["", "It can be asked:"]
    lines += [f"  {words}" for words, lacks in asked if not lacks] or ["  nothing"]
    refused = [
        f"  {words} It lacks {', '.join(lacks)}." for words, lacks in asked if lacks
    ]
    if refused:
        lines += ["It cannot answer:", *refused]
    return "\n".join(lines)


def _percent(share: float) -> str:
    """Round so that 100 % is all and 0 % is none."""
    return f"{min(max(round(100 * share), 1), 99) if share < 1 else 100} %"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what a crawl holds.

    Args:
        arguments: Those of the command line, without the program's name.

    Returns:
        The exit code: 0, or 2 when the crawl cannot be read.
    """
    parser = argparse.ArgumentParser(
        prog="adaptation check",
        description="Show what is recognised in a crawl (files, formats, rows, "
        "fields), and which questions it will and will not be able to answer. Nothing "
        "is built.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "crawl", nargs="+", metavar="PATH", help="a file, a folder or a quoted glob"
    )
    columns_option(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    try:
        crawl = read_crawl(options.crawl, options.columns)
    except CrawlError as error:
        print(error, file=sys.stderr)
        return 2
    found = findings_of(crawl)
    if options.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        print(describe(crawl, most_lines=None))
        print()
        print(in_words(found))
    return 0
