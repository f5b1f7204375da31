"""The interactive network: Bokeh with its JavaScript inlined, and data it can filter.

Positions, communities and ranks are those of the marts; nothing is computed here but
which people and ties the page can carry: the most influential first, the strongest ties
between them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from bokeh.core.types import ID
from bokeh.embed import json_item
from bokeh.models import (
    ColumnDataSource,
    HoverTool,
    PanTool,
    Plot,
    Range1d,
    Scatter,
    Segment,
    Text,
    WheelZoomTool,
)
from bokeh.resources import Resources
from markupsafe import Markup

from refugee_adaptation.report.marts import Marts, Row
from refugee_adaptation.report.texts import LANGUAGES, texts
from refugee_adaptation.wording.numbers import MISSING, rank

# per kind of tie
MOST_TIES = 5000
# a tie shows this many of its posts, the panel says how many there are
MOST_POSTS = 4
# communities with a colour and a shape of their own; the rest share grey circles
MOST_COMMUNITIES = 12
TITLE_LENGTH = 80

# variables of the style sheet, which knows light and dark
COLOURS = ("--blue", "--orange", "--green", "--vermilion", "--purple", "--sky")
SHAPES = (
    "circle",
    "square",
    "triangle",
    "diamond",
    "inverted_triangle",
    "hex",
    "star",
)
OTHER_COLOUR = "--faint"


def network_data(marts: Marts, most_people: int | None) -> dict[str, Any]:
    """Gather what the interactive network shows.

    Args:
        marts: the tables of a build.
        most_people: people per kind of tie, the most influential first; all with None.

    Returns:
        `kinds`: per kind of tie its people, ties and communities; `posts`: those behind
        the ties; `queries`: what was asked. No people where there are no ties.

    Raises:
        NotBuiltError: a mart of the communities is not in this build.
    """
    # equal ranks do not widen the limit
    most = (
        f"""qualify
            row_number() over (
                partition by people.tie_kind
                order by people.pagerank_rank, people.user_id
            ) <= {most_people}"""
        if most_people
        else ""
    )
    people = marts.ask(
        f"""
        select
            people.tie_kind,
            people.user_id,
            places.x,
            places.y,
            people.community_id,
            people.pagerank,
            people.pagerank_rank,
            people.pagerank_rank_low,
            people.pagerank_rank_high,
            people.neighbour_count,
            people.user_post_count,
            people.is_newcomer,
            count(*) over (partition by people.tie_kind) as all_count
        from influencers as people
        inner join network_layout as places
            on
                people.tie_kind = places.tie_kind
                and people.user_id = places.user_id
        {most}
        order by people.tie_kind, people.pagerank_rank, places.x, places.y
        """
    )
    groups = marts.ask(
        """
        select
            tie_kind,
            community_id,
            community_number,
            community_name,
            user_count,
            is_established
        from communities
        order by tie_kind, community_number
        """
    )
    ties = marts.ask(
        f"""
        with

        people as (
            select people.tie_kind, people.user_id
            from influencers as people
            {most}
        ),

        sizes as (
            select tie_kind, count(*) as all_count
            from community_edges
            group by tie_kind
        ),

        -- ranked without their posts, which are long to sort
        ranked as (
            select
                ties.tie_kind,
                ties.low_user_id,
                ties.high_user_id,
                row_number() over (
                    partition by ties.tie_kind
                    order by
                        ties.weight desc,
                        ties.tie_count desc,
                        ties.first_at,
                        ties.last_at,
                        ties.low_user_id,
                        ties.high_user_id
                ) as tie_rank
            from community_edges as ties
            inner join people as lows
                on ties.tie_kind = lows.tie_kind and ties.low_user_id = lows.user_id
            inner join people as highs
                on ties.tie_kind = highs.tie_kind and ties.high_user_id = highs.user_id
            qualify tie_rank <= {MOST_TIES}
        )

        select
            ties.tie_kind,
            ties.low_user_id,
            ties.high_user_id,
            ties.weight,
            ties.tie_count,
            ties.post_count,
            ties.post_ids[:{MOST_POSTS}] as post_ids,
            ties.shared_hashtags[:3] as shared_hashtags,
            sizes.all_count
        from ranked
        inner join community_edges as ties
            on
                ranked.tie_kind = ties.tie_kind
                and ranked.low_user_id = ties.low_user_id
                and ranked.high_user_id = ties.high_user_id
        inner join sizes on ranked.tie_kind = sizes.tie_kind
        order by ranked.tie_kind, ranked.tie_rank
        """
    )
    posts = marts.ask(
        f"""
        select
            post_id,
            strftime(post_date, '%Y-%m-%d') as post_date,
            like_count,
            is_like_count_censored,
            left(coalesce(title, body, ''), {TITLE_LENGTH}) as title
        from fct_posts
        order by created_at, post_id
        """
    )
    tie_rows = ties.rows
    behind = {post for tie in tie_rows for post in tie["post_ids"] or ()}
    shown = [post for post in posts.rows if post["post_id"] in behind]
    place = {post["post_id"]: number for number, post in enumerate(shown)}
    kinds = [
        _kind(kind, people.rows, tie_rows, groups.rows, place)
        for kind in dict.fromkeys(row["tie_kind"] for row in people.rows)
    ]
    return {
        "kinds": kinds,
        "posts": [
            [
                post["post_id"],
                post["post_date"],
                post["like_count"],
                bool(post["is_like_count_censored"]),
                post["title"],
            ]
            for post in shown
        ],
        "queries": (people, groups, ties, posts),
    }


def _kind(
    kind: str,
    people: Sequence[Row],
    ties: Sequence[Row],
    groups: Sequence[Row],
    place: Mapping[str, int],
) -> dict[str, Any]:
    mine = [row for row in people if row["tie_kind"] == kind]
    number = {row["user_id"]: position for position, row in enumerate(mine)}
    communities = [row for row in groups if row["tie_kind"] == kind]
    group = {row["community_id"]: at for at, row in enumerate(communities)}
    edges = [row for row in ties if row["tie_kind"] == kind]
    tags = list(dict.fromkeys(t for row in edges for t in row["shared_hashtags"] or ()))
    tag_place = {tag: at for at, tag in enumerate(tags)}
    return {
        "kind": kind,
        "words": texts().get(f"tie_kind.{kind}", dict.fromkeys(LANGUAGES, kind)),
        "people": [
            [
                row["user_id"],
                round(row["x"], 4),
                round(row["y"], 4),
                group.get(row["community_id"], -1),
                _settled(row),
                row["pagerank_rank_low"],
                row["pagerank_rank_high"],
                row["neighbour_count"],
                row["user_post_count"],
                row["is_newcomer"],
                round(row["pagerank"], 7),
            ]
            for row in mine
        ],
        "ties": [
            [
                number[row["low_user_id"]],
                number[row["high_user_id"]],
                round(row["weight"], 3),
                row["tie_count"],
                row["post_count"],
                [place[post] for post in row["post_ids"] or () if post in place],
                [tag_place[tag] for tag in row["shared_hashtags"] or ()],
            ]
            for row in edges
        ],
        "tags": tags,
        "all_people": mine[0]["all_count"],
        "all_ties": edges[0]["all_count"] if edges else 0,
        "communities": [
            [
                row["community_number"],
                row["community_name"],
                row["user_count"],
                bool(row["is_established"]),
            ]
            for row in communities
        ],
    }


def _settled(row: Row) -> int | None:
    """Give the rank of a person, where the crawl settles it."""
    place, low, high = (row[f"pagerank_rank{end}"] for end in ("", "_low", "_high"))
    known = rank(place, low, high, row["all_count"]) != MISSING
    return int(place) if known else None


def _plot() -> Plot:
    nodes = ColumnDataSource(
        data={
            name: []
            for name in (
                "x",
                "y",
                "size",
                "colour",
                "shape",
                "user",
                "community",
                "rank",
                "neighbours",
                "at",
            )
        },
        name="nodes",
    )
    edges = ColumnDataSource(
        data={name: [] for name in ("x0", "y0", "x1", "y1", "width", "at")},
        name="edges",
    )
    names = ColumnDataSource(
        data={name: [] for name in ("x", "y", "name")}, name="names"
    )
    plot = Plot(
        x_range=Range1d(start=-1.1, end=1.1, name="across"),
        y_range=Range1d(start=-1.1, end=1.1, name="up"),
        height=480,
        min_border=0,
        sizing_mode="stretch_width",
        toolbar_location=None,
        background_fill_color=None,
        border_fill_color=None,
        outline_line_color=None,
        name="plot",
        # the page finds what lies nearest to a tap
        subscribed_events={"tap"},
    )
    # colours come from the style sheet when the page draws
    line: dict[str, Any] = {"x0": "x0", "y0": "y0", "x1": "x1", "y1": "y1"}
    lines = Segment(**line, line_width="width", line_alpha=0.2)
    chosen = Segment(**line, line_width=2)
    faint = Segment(**line, line_width="width", line_alpha=0.05)
    plot.add_glyph(
        edges, lines, selection_glyph=chosen, nonselection_glyph=faint, name="ties"
    )
    dot: dict[str, Any] = {
        "x": "x",
        "y": "y",
        "size": "size",
        "marker": "shape",
        "fill_color": "colour",
    }
    dots = Scatter(**dot, line_width=0.6, fill_alpha=0.92)
    picked = Scatter(**dot, line_width=2)
    faded = Scatter(**dot, line_width=0, fill_alpha=0.15)
    people_marks = plot.add_glyph(
        nodes, dots, selection_glyph=picked, nonselection_glyph=faded, name="people"
    )
    plot.add_glyph(
        names,
        Text(
            x="x",
            y="y",
            text="name",
            text_align="center",
            text_baseline="middle",
            text_font_size="13px",
            text_font_style="bold",
            background_fill_alpha=0.8,
        ),
        name="labels",
    )
    # the wheel scrolls the page; with Ctrl it zooms, as on maps
    wheel = WheelZoomTool(modifiers={"ctrl": True})
    hover = HoverTool(
        renderers=[people_marks],
        tooltips=[
            ("pseudonym 假名", "@user"),
            ("circle 圈子", "@community"),
            ("rank 排名", "@rank"),
            ("neighbours 邻居", "@neighbours"),
        ],
    )
    plot.add_tools(PanTool(), wheel, hover)
    return plot


def plot_item() -> str:
    """Describe the empty plot for the page's script to fill.

    Returns:
        JSON of a Bokeh document; the same bytes every time.
    """
    text = json.dumps(json_item(_plot(), ID("network-plot")), sort_keys=True)
    # Bokeh counts models over the life of the process: number them anew
    names: dict[str, str] = {}
    return re.sub(
        r'"p\d+"',
        lambda found: names.setdefault(found.group(0), f'"n{len(names) + 1}"'),
        text,
    )


def as_data(value: object) -> Markup:
    """Write JSON that can stand inside a script element of a page.

    Args:
        value: what JSON can hold, or JSON already written.

    Returns:
        JSON in which no text can end or open an element.
    """
    text = (
        value
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    )
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def scripts() -> list[str]:
    """Give the scripts of the network.

    Returns:
        Bokeh's own JavaScript (BSD 3-clause) and the page's, in the order to run.
    """
    bokeh = Resources(mode="inline", components=["bokeh"]).js_raw
    own = files(__package__).joinpath("templates", "network.js").read_text("utf-8")
    # an inline script ends at the first closing tag, even inside a string
    return [source.replace("</script", "<\\/script") for source in (bokeh[0], own)]
