"""Whole crawls of other worlds: which claims does the project make that are false?

Every other experiment judges one method on samples made for it. This one builds
`findings` of whole crawls whose truth is known (`planted/worlds`) and counts claims
that are called supported although they are false there, and crawls with any such claim.
A claim of the project that is true in a world has a row of power.

Cheap findings need no model of HEAVY and are judged in more worlds. Settings of DRAWS
are smaller than the project's: fewer draws, tests of the same level, and no fewer
than let an adjusted p value pass.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from refugee_adaptation.compiled import (
    HEAVY,
    REFUSED,
    SUPPORTED,
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
    at_most,
    result,
    share_of,
)
from refugee_adaptation.planted.worlds.crawl import write_crawl
from refugee_adaptation.planted.worlds.kinds import WORLDS, draw_world

NAME = "worlds"
_KEY = "planted truth: there is nobody to protect"

DRAWS = {
    "study_null_draws": 20,
    "adaptation_null_draws": 20,
    "adaptation_bootstrap_draws": 10,
    "adaptation_gap_draws": 2,
    "adaptation_profile_draws": 50,
    "topic_replicates": 139,
    "louvain_seeds": 4,
    "community_null_draws": 40,
    "community_resamples": 20,
    "cascade_null_draws": 99,
    "influencer_resamples": 5,
    "recommendation_max_users": 200,
    "prediction_repeats": 2,
    "prediction_permutations": 199,
}
SMALL_WORLDS = ("plain", "automation", "early arrival")


@dataclass(frozen=True)
class Judged:
    """What was said of one crawl.

    Attributes:
        world: Its kind.
        verdicts: Verdict by claim, of the claims that were judged.
    """

    world: str
    verdicts: Mapping[str, str]

    @property
    def false_claims(self) -> list[str]:
        """Claims called supported that are false in the world."""
        return [
            claim
            for claim, verdict in self.verdicts.items()
            if verdict == SUPPORTED and WORLDS[self.world].is_false(claim)
        ]


class Judge:
    """Builds `findings` of worlds, as compiled once."""

    def __init__(self, folder: Path) -> None:
        """Compile the project.

        Args:
            folder: A folder to work in.

        Raises:
            RuntimeError: The project's folder is not there, or dbt fails.
        """
        self._crawl = folder / "crawl"
        self._crawl.mkdir()
        self.steps = read_steps(compile_project(folder, "+findings", DRAWS))

    def judge(self, world: str, seed: int, *, is_cheap: bool) -> Judged:
        """Draw a world and build its findings.

        Args:
            world: Its kind.
            seed: Its seed.
            is_cheap: Leave out the models of HEAVY, and the claims that need them.

        Returns:
            The verdicts.
        """
        left_out = HEAVY if is_cheap else {}
        steps = needed_for(self.steps, ["findings"], without=left_out)
        write_crawl(draw_world(world, seed), self._crawl, seed)
        found = build_table(self._crawl, steps, "main.findings", _KEY, left_out)
        verdicts = dict(zip(found["finding_id"], found["verdict"], strict=True))
        unjudged = {claim for claims in left_out.values() for claim in claims}
        return Judged(
            world,
            {name: said for name, said in verdicts.items() if name not in unjudged},
        )


def run(plan: Plan) -> Iterator[Result]:
    """Yield the rows of the table; see the module.

    Raises:
        RuntimeError: The project's folder is not there, or dbt fails.
    """
    cheap, whole = plan.choose(2, 12), plan.choose(0, 4)
    judged: list[Judged] = []
    with tempfile.TemporaryDirectory(prefix="worlds_") as folder:
        judge = Judge(Path(folder))
        for world in plan.choose(SMALL_WORLDS, tuple(WORLDS)):
            for place, seed in enumerate(plan.seeds(f"worlds, {world}", cheap)):
                judged.append(judge.judge(world, seed, is_cheap=place >= whole))
    yield from rows_of(judged, has_each=plan.is_full)


def rows_of(judged: Sequence[Judged], *, has_each: bool = True) -> Iterator[Result]:
    """Count false claims and claims that are true.

    Args:
        judged: What was said of which crawl.
        has_each: Also a row for every claim in every world, where it was judged.

    Yields:
        One row per claim over all worlds in which it is false, one per world over all
        claims that are false there, one over everything, one per claim and world in
        which it is true, and those of `has_each`.
    """
    names = dict.fromkeys(claim for crawl in judged for claim in crawl.verdicts)
    kinds = dict.fromkeys(crawl.world for crawl in judged)
    for claim in names:
        held = [crawl for crawl in judged if _is_false(claim, crawl)]
        if held:
            yield _false_row(claim, "every world in which it is false", claim, held)
    for kind in kinds:
        held = [crawl for crawl in judged if crawl.world == kind]
        yield _crawl_row(f"{kind}: {WORLDS[kind].departs}", held)
    yield _crawl_row("all worlds", judged)
    for kind in kinds:
        held = [crawl for crawl in judged if crawl.world == kind]
        for claim in sorted(WORLDS[kind].true & set(names)):
            told = [crawl for crawl in held if claim in crawl.verdicts]
            if told:
                yield _power_row(claim, kind, told)
        if has_each:
            for claim in names:
                false = [crawl for crawl in held if _is_false(claim, crawl)]
                if false:
                    yield _false_row(claim, WORLDS[kind].departs, kind, false)


def _is_false(claim: str, crawl: Judged) -> bool:
    return claim in crawl.verdicts and WORLDS[crawl.world].is_false(claim)


def _refused(claim: str, held: Iterable[Judged]) -> str:
    refused = sum(crawl.verdicts[claim] == REFUSED for crawl in held)
    return f"refused in {refused}"


def _false_row(claim: str, planted: str, where: str, held: Sequence[Judged]) -> Result:
    return result(
        share_of(crawl.verdicts[claim] == SUPPORTED for crawl in held),
        part=FALSE_CLAIMS,
        experiment=NAME,
        method=claim,
        planted=planted,
        separation=0,
        sample_size=len(held),
        unit="crawls",
        metric="crawls with the claim, falsely"
        if where == claim
        else f"the same, {where}",
        trivial_baseline=1.0,
        target=at_most(0.05),
        detail=_refused(claim, held),
    )


def _crawl_row(planted: str, held: Sequence[Judged]) -> Result:
    found = sorted({claim for crawl in held for claim in crawl.false_claims})
    return result(
        share_of(bool(crawl.false_claims) for crawl in held),
        part=FALSE_CLAIMS,
        experiment=NAME,
        method="findings",
        planted=planted,
        separation=0,
        sample_size=len(held),
        unit="crawls",
        metric="crawls with any false claim",
        trivial_baseline=1.0,
        target=at_most(0.1),
        detail=", ".join(found) or "none",
    )


def _power_row(claim: str, kind: str, held: Sequence[Judged]) -> Result:
    return result(
        share_of(crawl.verdicts[claim] == SUPPORTED for crawl in held),
        part=RECOVERY,
        experiment=NAME,
        method=claim,
        planted=WORLDS[kind].departs,
        separation=1,
        sample_size=len(held),
        unit="crawls",
        metric=f"crawls with the claim, truly ({kind})",
        detail=_refused(claim, held),
    )
