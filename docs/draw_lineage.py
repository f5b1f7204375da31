"""Draw which wing of the project reads which: docs/lineage.svg.

    dbt parse && python docs/draw_lineage.py target/manifest.json docs/lineage.svg

An N-squared diagram: the wings stand on the diagonal, what a wing hands on leaves to
its side and enters the reader from above or below. The number at a corner counts the
references from models of one wing to models of the other.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

STEP_X, STEP_Y, LEFT, TOP = 70, 46, 62, 34
BOX_WIDTH, BOX_HEIGHT, RADIUS = 118, 30, 10
LINE = 'fill="none" stroke="#94a3b8" stroke-width="1.5"'


def reading_order(wings: set[str], arrows: Counter[tuple[str, str]]) -> list[str]:
    """The wings so that few arrows run back: first who reads least of those left."""
    order: list[str] = []
    while left := wings - set(order):

        def rank(wing: str, left: set[str] = left) -> tuple[int, int, str]:
            reads = sum(arrows[other, wing] for other in left)
            return reads, -sum(arrows[wing, other] for other in left), wing

        order.append(min(left, key=rank))
    return order


def draw(
    wing_of: dict[str, str], read_by: dict[str, set[str]], colours: dict[str, str]
) -> str:
    """The picture as SVG, of each model's wing, what it reads, and a colour a wing."""
    arrows = Counter(
        (wing_of[read], wing_of[name])
        for name, reads in read_by.items()
        for read in reads
        if read in wing_of and wing_of[read] != wing_of[name]
    )
    sizes = Counter(wing_of.values())
    order = reading_order(set(sizes), arrows)
    at = {wing: (LEFT + STEP_X * i, TOP + STEP_Y * i) for i, wing in enumerate(order)}
    lines, corners, boxes = [], [], []
    for (source, reader), count in sorted(arrows.items()):
        (x1, y1), (x2, y2) = at[source], at[reader]
        end = y2 - (BOX_HEIGHT / 2 + 3) * (1 if y2 > y1 else -1)
        lines.append(
            f'<path d="M{x1} {y1}H{x2}V{end:g}" {LINE} marker-end="url(#tip)"/>'
        )
        corners.append(
            f'<circle cx="{x2}" cy="{y1}" r="{RADIUS}" fill="#fff" '
            f'stroke="{colours[source]}"/><text x="{x2}" y="{y1 + 4}">{count}'
            f"<title>{source} to {reader}: {count}</title></text>"
        )
    for wing, (x, y) in at.items():
        boxes.append(
            f'<rect x="{x - BOX_WIDTH / 2:g}" y="{y - BOX_HEIGHT / 2:g}" rx="4" '
            f'width="{BOX_WIDTH}" height="{BOX_HEIGHT}" fill="{colours[wing]}"/>'
            f'<text x="{x}" y="{y + 4}" fill="#fff">{wing}'
            f'<tspan fill-opacity="0.85"> {sizes[wing]}</tspan></text>'
        )
    width = 2 * LEFT + STEP_X * (len(order) - 1)
    height = 2 * TOP + STEP_Y * (len(order) - 1)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif" font-size="12" '
        'text-anchor="middle" role="img" aria-label="Which wing reads which">'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="6" '
        'markerHeight="6" orient="auto"><path d="M0 0L8 4L0 8z" fill="#94a3b8"/>'
        '</marker></defs><rect width="100%" height="100%" fill="#fff"/>'
    )
    return "\n".join([head, *lines, *corners, *boxes, "</svg>", ""])


def main(manifest: str, picture: str) -> None:
    """Draw the models of a manifest."""
    nodes = json.loads(Path(manifest).read_text("utf-8"))["nodes"].values()
    models = [node for node in nodes if node["resource_type"] == "model"]
    read_by = {
        node["name"]: {one.split(".")[-1] for one in node["depends_on"]["nodes"]}
        for node in models
    }
    wing_of = {node["name"]: node["fqn"][1] for node in models}
    colours = {node["fqn"][1]: node["config"]["docs"]["node_color"] for node in models}
    Path(picture).write_text(draw(wing_of, read_by, colours), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
