"""Put the page together: sections, style, scripts and what the browser may do."""

from __future__ import annotations

import base64
import hashlib
from importlib.metadata import version
from pathlib import Path

from markupsafe import Markup

from refugee_adaptation.report.marts import Marts
from refugee_adaptation.report.network import as_data
from refugee_adaptation.report.sections import SECTIONS
from refugee_adaptation.report.sections.summary import SUMMARY
from refugee_adaptation.report.story import Story
from refugee_adaptation.report.templating import fill, part
from refugee_adaptation.report.texts import texts


def render(marts: Marts, *, most_people: int | None = 3000) -> str:
    """Write the page.

    Args:
        marts: the tables of a build.
        most_people: people per network, the most influential first; all with None.

    Returns:
        One HTML document that needs nothing else and asks for nothing.
    """
    story = Story(marts, most_people=most_people)
    short = story.compose(SUMMARY)
    sections = []
    for section in SECTIONS:
        written = story.compose(section)
        sections.append(
            {
                "key": section.key,
                "written": written,
                "heading": story.heading,
                "tone": story.tones.get(section.key, ""),
                "layout": _layout(story.blocks),
            }
        )
    story.data["figure-data"] = as_data(story.sheets)
    scripts = [Markup(source) for source in (part("page.js"), *story.scripts)]
    return fill(
        "page.html.jinja",
        short=short,
        sections=sections,
        glossary=[
            key.removeprefix("glossary.").removesuffix("_means")
            for key in texts()
            if key.startswith("glossary.") and key.endswith("_means")
        ],
        style=Markup(part("page.css")),
        scripts=scripts,
        data=story.data,
        policy=_policy(scripts),
        database=marts.path.name,
        version=version("refugee-adaptation"),
    )


def write(database: Path, out: Path, *, most_people: int | None = 3000) -> int:
    """Write the page of a build to a file.

    Args:
        database: the DuckDB file of a build.
        out: the HTML file to write; its folder is made if need be.
        most_people: people per network, the most influential first; all with None.

    Returns:
        Size of the file in bytes.

    Raises:
        MartsError: the database cannot be read.
    """
    with Marts(database) as marts:
        page = render(marts, most_people=most_people).encode("utf-8")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(page)
    return len(page)


def _layout(blocks: list[Markup]) -> str:
    """Name the layout of a section: a lone picture stands beside the words or a list.

    Args:
        blocks: what the section shows.

    Returns:
        A class of the style sheet, empty for pictures side by side.
    """
    figures = [block for block in blocks if block.startswith("<figure")]
    if len(figures) != 1 or 'class="broad"' in figures[0]:
        return ""
    others = [block for block in blocks if block.startswith("<div")]
    lists = [block for block in others if block.startswith('<div class="kinds">')]
    if not others:
        return "single"
    return "beside" if lists == others else ""


def _policy(scripts: list[Markup]) -> str:
    """Say what the browser may do: run these scripts, and request nothing."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'"
        for s in scripts
    )
    return (
        f"default-src 'none'; script-src {hashes}; "
        "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    )
