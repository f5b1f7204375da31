"""Say in plain text what was recognised in a crawl."""

from __future__ import annotations

from refugee_adaptation.crawl.reading import Crawl, SheetSummary
from refugee_adaptation.wording.messages import say

_MOST_LINES = 20


def _printable(text: str) -> str:
    """Show a name so that it cannot steer the terminal."""
    return "".join(x if x.isprintable() else "\ufffd" for x in text)


def _notes(summary: SheetSummary) -> str:
    notes = []
    if summary.format == "empty":
        notes.append("holds nothing")
    if not summary.is_used:
        notes.append("known, not used")
    if summary.encoding not in ("none", "utf-8"):
        notes.append(f"read as {summary.encoding}")
    if summary.problem_count:
        notes.append(f"{summary.problem_count:,} with a problem")
    if summary.unread_columns:
        notes.append("other columns: " + _printable(", ".join(summary.unread_columns)))
    return "; ".join(notes)


def describe(crawl: Crawl, most_lines: int | None = _MOST_LINES) -> str:
    """Describe a crawl as a table: file, format, entity, rows, notes; then totals.

    Args:
        crawl: the crawl.
        most_lines: files to list before the rest is only counted; None for all.

    Returns:
        Lines of text, without a line break at the end.
    """
    header = ("file", "format", "entity", "rows", "notes")
    rows = [
        (
            _printable(summary.source_file),
            summary.format,
            summary.entity,
            f"{summary.row_count:,}",
            _notes(summary),
        )
        for summary in crawl.summaries[:most_lines]
    ]
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = []
    for row in [header, *rows]:
        file, format_, entity, count, notes = row
        cells = (
            file.ljust(widths[0]),
            format_.ljust(widths[1]),
            entity.ljust(widths[2]),
            count.rjust(widths[3]),
            notes,
        )
        lines.append("  ".join(cells).rstrip())
    if len(crawl.summaries) > len(rows):
        lines.append(f"and {len(crawl.summaries) - len(rows):,} more")
    lines += _totals(crawl)
    return "\n".join(lines)


def _totals(crawl: Crawl) -> list[str]:
    totals: dict[tuple[str, str], int] = {}
    for summary in crawl.summaries:
        if summary.is_used and summary.format != "empty":
            key = (summary.format, summary.entity)
            totals[key] = totals.get(key, 0) + summary.row_count
    parts = [f"{rows:,} {entity} ({form})" for (form, entity), rows in totals.items()]
    files = len({summary.source_file for summary in crawl.summaries})
    lines = [
        f"{files:,} file{'s' if files != 1 else ''}: {', '.join(parts) or 'no rows'}"
    ]
    by_reason: dict[str, list[str]] = {}
    for item in crawl.passed_over:
        by_reason.setdefault(item.reason, []).append(_printable(item.name))
    for reason, names in by_reason.items():
        shown = ", ".join(names[:_MOST_LINES])
        more = len(names) - _MOST_LINES
        lines.append(
            f"Passed over, {say(reason, 'en')}: {shown}"
            + (f" and {more:,} more" if more > 0 else "")
        )
    return lines
