"""Does a verdict hang on a setting? Every claim under every reasonable specification.

    python -m refugee_adaptation.multiverse --crawl path/to/crawl --out exports/

The project is compiled once with stand-ins for the settings of `multiverse.toml`. For
each combination of their values the stand-ins are replaced, and only the tables that
depend on them are made again. Claims that need a model of minutes (groups, topics,
communities, recommendations, predictions) are left out.

Source: Steegen, Tuerlinckx, Gelman and Vanpaemel (2016), Increasing transparency
through a multiverse analysis; Simonsohn, Simmons and Nelson (2020), Specification
curve analysis.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from refugee_adaptation.compiled import (
    HEAVY,
    REFUSED,
    SUPPORTED,
    Database,
    Step,
    compile_project,
    needed_for,
    read_steps,
)
from refugee_adaptation.crawl.reading import read_crawl
from refugee_adaptation.crawl.sheets import CrawlError

Settings = Mapping[str, str | int | float]
CHOICES = Path(__file__).with_suffix(".toml")
_KEY = "tables of a multiverse are thrown away"


def specifications(choices: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Every combination of the values of the settings.

    Args:
        choices: values by setting.

    Returns:
        One mapping per specification.
    """
    combined = itertools.product(*choices.values())
    return [dict(zip(choices, values, strict=True)) for values in combined]


def stand_ins(choices: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """A value for each setting that nothing else in the project has.

    Args:
        choices: values by setting: dates as text, or numbers.
    """
    found: dict[str, Any] = {}
    for number, (name, values) in enumerate(choices.items(), start=1):
        if all(isinstance(value, int) for value in values):
            found[name] = 987_654_000 + number
        elif all(isinstance(value, float) for value in values):
            found[name] = round(0.987654 + number / 1e8, 8)
        else:
            found[name] = f"1911-02-{number:02d}"
    return found


def hanging_on(steps: Sequence[Step], names: Sequence[str]) -> list[Step]:
    """The steps whose code has one of the stand-ins, and all that is made from them.

    Args:
        steps: in an order in which parents come first.
        names: the stand-ins, as they stand in code.

    Raises:
        ValueError: no step has one of the stand-ins.
    """
    for name in names:
        if not any(name in step.code for step in steps):
            raise ValueError(f"no model reads the setting behind {name}")
    touched: set[str] = set()
    for step in steps:
        has_stand_in = any(name in step.code for name in names)
        if has_stand_in or touched.intersection(step.parents):
            touched.add(step.name)
    return [step for step in steps if step.name in touched]


def _with_values(step: Step, stand_in: Settings, values: Settings) -> Step:
    code = step.code
    for name, value in stand_in.items():
        code = code.replace(str(value), str(values[name]))
    return replace(step, code=code)


def verdicts(
    crawl: str, choices: Mapping[str, Sequence[Any]], folder: Path
) -> Iterator[tuple[dict[str, Any], pd.DataFrame]]:
    """Judge a crawl under every specification.

    Args:
        crawl: as the setting `crawl`.
        choices: values by setting.
        folder: where to work.

    Yields:
        The specification and its findings: ``finding_id``, ``estimate``,
        ``interval_low``, ``interval_high``, ``verdict``.

    Raises:
        CrawlError: the crawl cannot be read.
        RuntimeError: the project's folder is not there, or dbt fails.
        ValueError: no model reads one of the settings.
    """
    tables = read_crawl(crawl).tables
    stand_in = stand_ins(choices)
    compiled = read_steps(compile_project(folder, "+findings", stand_in))
    steps = needed_for(compiled, ["findings"], without=HEAVY)
    again = hanging_on(steps, [str(value) for value in stand_in.values()])
    of_choice = {step.name for step in again}
    left_out = {claim for claims in HEAVY.values() for claim in claims}
    database = Database(None, tables, _KEY)
    run = database.connection.execute
    with threadpool_limits(limits=1):
        database.make([s for s in steps if s.name not in of_choice], HEAVY)
        for values in specifications(choices):
            for step in again:
                if step.has_table:
                    run(f"drop table if exists {step.relation}")
            database.make([_with_values(s, stand_in, values) for s in again], HEAVY)
            found = database.connection.table("main.findings").df()
            found = found[~found["finding_id"].isin(left_out)]
            columns = ["estimate", "interval_low", "interval_high", "verdict"]
            yield values, found[["finding_id", *columns]]
    database.close()


def summary(judged: pd.DataFrame) -> pd.DataFrame:
    """In how many specifications each claim holds.

    Args:
        judged: one row per specification and claim.

    Returns:
        One row per claim, most divided first: ``specifications``, ``supported``,
        ``refused``, the share of those judged in which it is supported
        (``supported_share``), and the least and largest estimate.
    """
    by_claim = judged.groupby("finding_id", sort=True)
    counted = by_claim.agg(
        specifications=("verdict", "size"),
        supported=("verdict", lambda verdict: int((verdict == SUPPORTED).sum())),
        refused=("verdict", lambda verdict: int((verdict == REFUSED).sum())),
        estimate_least=("estimate", "min"),
        estimate_most=("estimate", "max"),
    ).reset_index()
    told = counted["specifications"] - counted["refused"]
    counted["supported_share"] = (counted["supported"] / told).where(told > 0)
    divided = (counted["supported_share"] - 0.5).abs()
    return counted.loc[divided.sort_values(kind="stable").index].reset_index(drop=True)


def picture(judged: pd.DataFrame) -> str:
    """Specification curves of the claims whose estimate hangs on a setting.

    Args:
        judged: one row per specification and claim.

    Returns:
        An SVG: a panel per claim, estimates in ascending order with their intervals.
    """
    import altair as alt
    import vl_convert

    varying = judged.groupby("finding_id")["estimate"].transform("nunique") > 1
    shown = judged[varying].sort_values(["finding_id", "estimate"])
    shown = shown.assign(place=shown.groupby("finding_id").cumcount() + 1)
    base = alt.Chart(shown).encode(
        x=alt.X("place:Q", title="specifications, by estimate"),
        color=alt.Color("verdict:N", title=None).scale(
            domain=[SUPPORTED, "not supported", REFUSED],
            range=["#0072b2", "#d55e00", "#999999"],
        ),
    )
    panels = alt.layer(
        base.mark_rule(opacity=0.35).encode(y="interval_low:Q", y2="interval_high:Q"),
        base.mark_circle(size=18).encode(y=alt.Y("estimate:Q", title=None)),
    ).properties(width=230, height=130)
    chart = panels.facet(facet=alt.Facet("finding_id:N", title=None), columns=3)
    chart = chart.resolve_scale(y="independent").configure_legend(
        orient="top", labelLimit=0, symbolOpacity=1
    )
    svg: str = vl_convert.vegalite_to_svg(chart.to_json())
    return svg


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the table and the picture of a crawl's multiverse.

    Args:
        arguments: those of the command line, without the program's name.

    Returns:
        The exit code: 0, or 2 where the crawl cannot be read or judged.
    """
    parser = argparse.ArgumentParser(
        prog="python -m refugee_adaptation.multiverse",
        description="Judge the claims of a crawl under every reasonable "
        f"specification ({CHOICES.name}); writes multiverse.csv and multiverse.svg.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument(
        "--crawl",
        default=os.environ.get("ADAPTATION_CRAWL") or "seeds/sample",
        help="file, folder or glob",
    )
    parser.add_argument(
        "--out", type=Path, default=Path("exports"), help="folder to write to"
    )
    options = parser.parse_args(arguments)
    choices = tomllib.loads(CHOICES.read_text("utf-8"))
    count = len(specifications(choices))
    rows = []
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="multiverse_") as folder:
            print(f"{count} specifications; the project is compiled", flush=True)
            judged = verdicts(options.crawl, choices, Path(folder))
            for number, (values, found) in enumerate(judged, start=1):
                rows.append(found.assign(specification=number, **values))
                if number % 8 == 0 or number == count:
                    print(f"{number} of {count} specifications", flush=True)
    except (CrawlError, OSError, RuntimeError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    table = pd.concat(rows, ignore_index=True)
    table.to_csv(options.out / "multiverse.csv", index=False)
    (options.out / "multiverse.svg").write_text(picture(table), "utf-8")
    for row in summary(table).to_dict("records"):
        told = row["specifications"] - row["refused"]
        refused = f", {row['refused']} refused" if row["refused"] else ""
        held = f"supported in {row['supported']} of {told}{refused}"
        print(f"{row['finding_id']}: {held}")
    print(f"{options.out / 'multiverse.csv'}, {options.out / 'multiverse.svg'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
