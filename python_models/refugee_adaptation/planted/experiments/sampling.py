"""Crawls that show a planted share of a world: is retention called identifiable?

Every crawl is built from its files to `retention_identifiability`, a second each.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from refugee_adaptation.compiled import (
    HEAVY,
    build_table,
    compile_project,
    needed_for,
    read_steps,
)
from refugee_adaptation.planted.results import (
    FALSE_CLAIMS,
    RECOVERY,
    Plan,
    Result,
    at_least,
    at_most,
    result,
    share_of,
)
from refugee_adaptation.planted.worlds.crawl import write_crawl
from refugee_adaptation.planted.worlds.sampling import WAYS, draw_sampled
from refugee_adaptation.retention.lifetimes import OUTCOMES

NAME = "sampling"
GATES = "retention_identifiability"
SHARES = (0.05, 0.1, 0.2, 0.3, 0.6, 0.95, 1.0)
THIN, DENSE = 0.3, 0.95
"""Up to the first no crawl may be called identifiable, from the second on most."""
BUSY = 2.0
"""What people post more than usual where no gate can tell a part from the whole."""


def run(plan: Plan) -> Iterator[Result]:
    """Yield the rows of the table; see the module.

    Raises:
        RuntimeError: The project's folder is not there, or dbt fails.
    """
    with tempfile.TemporaryDirectory(prefix="gates_") as folder:
        gates = Gates(Path(folder))
        for way in WAYS:
            read = [
                gates.read(way, share, seed)
                for share in plan.choose((0.05, THIN, DENSE), SHARES)
                for seed in plan.seeds(
                    f"{NAME}, {100 * share:g} % by {way}", plan.choose(2, 25)
                )
            ]
            yield from gate_rows(way, read)
        busy = [
            gates.read("posts", THIN, seed, BUSY)
            for seed in plan.seeds(f"{NAME}, busy people", plan.choose(2, 25))
        ]
        yield from gate_rows(f"posts of people who post {BUSY:g} times as much", busy)


class Gates:
    """Builds the gates of retention for whole crawls, as compiled once."""

    def __init__(self, folder: Path) -> None:
        """Compile the project.

        Args:
            folder: A folder to work in.

        Raises:
            RuntimeError: The project's folder is not there, or dbt fails.
        """
        self._crawl = folder / "crawl"
        self._crawl.mkdir()
        steps = read_steps(compile_project(folder, f"+{GATES}", {}))
        self._empty = HEAVY.keys() & {step.name for step in steps}
        self._steps = needed_for(steps, [GATES], without=self._empty)

    def read(self, way: str, share: float, seed: int, activity: float = 1) -> Gated:
        """Draw a crawl that shows a share and build its gates.

        Args:
            way: One of WAYS.
            share: What it shows, above 0.
            seed: Seed of the crawl.
            activity: What the usual rate of posts is multiplied with.

        Returns:
            What is said of all its users.
        """
        write_crawl(
            draw_sampled(way, share, seed, activity=activity), self._crawl, seed
        )
        gates = build_table(
            self._crawl, self._steps, f"main.{GATES}", NAME, self._empty
        )
        everybody = gates[gates["grouping"] == "all"]
        return Gated(
            share,
            frozenset(everybody.loc[everybody["is_identifiable"], "outcome"]),
            float(everybody["sampling_share"].fillna(0).max()),
        )


@dataclass(frozen=True)
class Gated:
    """What is said of the retention of a crawl.

    Attributes:
        share: What it shows, planted.
        identifiable: The outcomes that are called identifiable.
        sampling_share: The largest share of the people that it is said to hold.
    """

    share: float
    identifiable: frozenset[str]
    sampling_share: float


def gate_rows(way: str, read: Iterable[Gated]) -> Iterator[Result]:
    """Count crawls called identifiable: thin ones, dense ones, and those between.

    Args:
        way: How they were sampled, in words.
        read: What was said of them.

    Yields:
        A row for each that there are crawls of.
    """
    held = list(read)
    thin = [crawl for crawl in held if crawl.share <= THIN]
    dense = [crawl for crawl in held if crawl.share >= DENSE]
    between = [crawl for crawl in held if THIN < crawl.share < DENSE]
    every = len(OUTCOMES)
    for part, words, target, crawls, least in (
        (FALSE_CLAIMS, f"any outcome, at most {THIN:g}", at_most(0), thin, 1),
        (RECOVERY, "any outcome, between", None, between, 1),
        (RECOVERY, f"every outcome, from {DENSE:g}", at_least(0.9), dense, every),
    ):
        if crawls:
            said = {
                outcome: sum(outcome in crawl.identifiable for crawl in crawls)
                for outcome in OUTCOMES
            }
            estimated = [crawl.sampling_share for crawl in crawls]
            yield result(
                share_of(len(crawl.identifiable) >= least for crawl in crawls),
                part=part,
                experiment=NAME,
                method=f"gates of retention, sampled by {way}",
                planted="share shown, at most"
                if part == FALSE_CLAIMS
                else "share shown",
                separation=max(crawl.share for crawl in crawls),
                sample_size=len(crawls),
                unit="crawls",
                metric=f"crawls called identifiable: {words}",
                trivial_baseline=1.0,
                target=target,
                detail=", ".join(f"{name} {count}" for name, count in said.items())
                + f"; share of people said to be held {min(estimated):.2f} to "
                f"{max(estimated):.2f}",
            )
