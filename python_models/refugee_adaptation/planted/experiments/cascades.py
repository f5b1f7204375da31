"""Cascades: people who draw replies, hashtags that spread, dose, and none of these."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from refugee_adaptation.cascades.adoption import adoption_draws
from refugee_adaptation.cascades.influence import influence_null
from refugee_adaptation.planted.cascades import planted_adoption, planted_influence
from refugee_adaptation.planted.results import (
    FALSE_CLAIMS,
    RECOVERY,
    Plan,
    Result,
    at_most,
    result,
    share_of,
)
from refugee_adaptation.shared.inference import permutation_p

NAME = "cascades"
ALPHA = 0.05
PEOPLE = 40
COMMENTS = 12
HASHTAGS = 30
TASTE = 0.7
MEETINGS = 4


def run(plan: Plan) -> Iterator[Result]:
    """Yield the rows of the table; see the module."""
    for cascades in plan.choose((30,), (15, 30)):
        for strength in plan.choose((0.0, 6.0), (0.0, 1.0, 3.0, 6.0)):
            yield _influence(plan, cascades, strength)
    for people in plan.choose((100,), (100, 300)):
        for adoption in plan.choose((0.0, 0.1), (0.0, 0.02, 0.05, 0.1)):
            yield _adoption(plan, people, adoption)
        for adoption in plan.choose((0.2,), (0.02, 0.05, 0.1)):
            yield _dose(plan, people, adoption, is_by_dose=True)
        yield _dose(plan, people, 0.1, is_by_dose=False)


def _influence(plan: Plan, cascades: int, strength: float) -> Result:
    """Is the person whose comments draw more replies named, and is nobody else?"""
    draws = plan.choose(99, 400)
    named_right, named_any, first = [], [], []
    cell = f"cascades, influence {strength}, {cascades} notes"
    for seed in plan.seeds(cell, plan.choose(20, 50 if strength else 1000)):
        actions = planted_influence(
            people=PEOPLE,
            cascades=cascades,
            comments=COMMENTS,
            strength=strength,
            seed=seed,
        )
        table = influence_null(actions, draws=draws, seed=seed)
        named = set(table.loc[table["p_value_adjusted"] <= ALPHA, "user_number"])
        named_right.append(named == {1})
        named_any.append(bool(named))
        top = table.loc[table["influence_rank"] == 1, "user_number"]
        first.append(top.tolist() == [1])
    is_null = strength == 0
    return result(
        share_of(named_any if is_null else named_right),
        part=FALSE_CLAIMS if is_null else RECOVERY,
        experiment=NAME,
        method="influence against shuffled comments",
        planted="nobody draws more replies"
        if is_null
        else "1 person draws more replies (more per comment)",
        separation=strength,
        sample_size=cascades,
        unit="notes",
        metric="samples with anybody named"
        if is_null
        else "samples with that person named and nobody else",
        # somebody is always first
        trivial_baseline=1.0 if is_null else float(np.mean(first)),
        target=at_most(ALPHA) if is_null else None,
        detail=f"{draws} shuffles",
    )


def _adoption(plan: Plan, people: int, adoption: float) -> Result:
    """Is adoption claimed where people take over hashtags they meet, and only there?"""
    draws = plan.choose(99, 400)
    claims, usual = [], []
    cell = f"cascades, adoption {adoption}, {people} people"
    for seed in plan.seeds(cell, plan.choose(20, 50 if adoption else 1000)):
        actions, encounters = planted_adoption(
            people=people,
            notes=6,
            hashtags=HASHTAGS,
            taste=TASTE,
            adoption=adoption,
            seed=seed,
        )
        table = adoption_draws(actions, encounters, draws=draws, seed=seed)
        rates = _exposed_rates(table)
        claims.append(permutation_p(int((rates[1:] >= rates[0]).sum()), draws) <= ALPHA)
        usual.append(rates[0] > 2 * _usual_rate(actions, encounters))
    is_null = adoption == 0
    return result(
        share_of(claims),
        part=FALSE_CLAIMS if is_null else RECOVERY,
        experiment=NAME,
        method="hashtag adoption against shuffled times",
        planted="taste alone, nobody adopts"
        if is_null
        else "taste, and adoption of a hashtag just met (probability)",
        separation=adoption,
        sample_size=people,
        unit="users",
        metric="samples with adoption claimed",
        trivial_baseline=float(np.mean(usual)),
        target=at_most(ALPHA) if is_null else None,
        detail=f"{draws} shuffles",
    )


def _dose(plan: Plan, people: int, adoption: float, *, is_by_dose: bool) -> Result:
    """Is a rise with the number of meetings claimed only where each of them counts?"""
    draws = plan.choose(99, 400)
    claims, rising = [], []
    cell = f"cascades, dose {adoption if is_by_dose else 0.0}, {people} people"
    for seed in plan.seeds(cell, plan.choose(20, 50 if is_by_dose else 1000)):
        actions, encounters = planted_adoption(
            people=people,
            notes=6,
            hashtags=HASHTAGS,
            taste=TASTE,
            adoption=adoption,
            seed=seed,
            meetings=MEETINGS,
            is_by_dose=is_by_dose,
        )
        slopes = _slopes(adoption_draws(actions, encounters, draws=draws, seed=seed))
        claims.append(
            permutation_p(int((slopes[1:] >= slopes[0]).sum()), draws) <= ALPHA
        )
        rising.append(slopes[0] > 0)
    return result(
        share_of(claims),
        part=RECOVERY if is_by_dose else FALSE_CLAIMS,
        experiment=NAME,
        method="dose of adoption against shuffled times",
        planted="taste, and adoption of a hashtag just met (probability per meeting)"
        if is_by_dose
        else "one meeting matters (probability 0.1), more do not",
        separation=adoption if is_by_dose else 0.0,
        sample_size=people,
        unit="users",
        metric="samples with a rise by dose claimed",
        trivial_baseline=float(np.mean(rising)),
        target=None if is_by_dose else at_most(ALPHA),
        detail=f"{draws} shuffles",
    )


def _slopes(table: pd.DataFrame) -> np.ndarray:
    """Rise of adoptions per occasion with one more exposure, as in `cascade_summary`.

    Exposures from 1 on alone, each weighted by its occasions: observed, then each draw.
    """
    exposed = table[table["exposure_count"] > 0]
    counts = exposed.pivot_table(index="draw", columns="exposure_count")
    occasions = counts["occasion_count"].to_numpy(dtype=np.float64)
    adoptions = counts["adoption_count"].to_numpy(dtype=np.float64)
    dose = counts["occasion_count"].columns.to_numpy(dtype=np.float64)
    total, mean = occasions.sum(axis=1), occasions @ dose
    rise = (adoptions @ dose) * total - mean * adoptions.sum(axis=1)
    return np.asarray(rise / ((occasions @ dose**2) * total - mean**2))


def _exposed_rates(table: pd.DataFrame) -> np.ndarray:
    """Adoptions per occasion with an exposure: observed, then each draw."""
    exposed = table[table["exposure_count"] > 0].groupby("draw")
    sums = exposed[["adoption_count", "occasion_count"]].sum()
    return np.asarray(sums["adoption_count"] / sums["occasion_count"])


def _usual_rate(actions: pd.DataFrame, encounters: pd.DataFrame) -> float:
    """How often a note uses a given hashtag, whoever met it."""
    notes = int(actions["is_post"].sum())
    return float(encounters["is_use"].sum() / (notes * HASHTAGS))
