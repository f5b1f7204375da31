"""Do people use a hashtag because they met it?

The null keeps what everybody met, when, and what they published and shuffles which of
their own notes came when, so taste (the same people like the same tags) stays and only
the order is lost. Results depend on the numbers in the input and the seed alone: frames
are sorted by their number columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from refugee_adaptation.shared.arrays import BoolArray, FloatArray, IntArray
from refugee_adaptation.shared.frames import empty_frame, typed_frame
from refugee_adaptation.shared.inference import (
    against_shuffles,
    bounded_draws,
    permutation_p,
)

_ADOPTION_COLUMNS = {
    "exposure_count": "int64",
    "draw": "int64",
    "occasion_count": "int64",
    "adoption_count": "int64",
}
_ADOPTION_NULL_COLUMNS = {
    "subject": "string",
    "hashtag_number": "Int64",
    "exposure_count": "Int64",
    "occasion_count": "int64",
    "adoption_count": "Int64",
    "observed": "float64",
    "null_mean": "float64",
    "null_sd": "float64",
    "null_low": "float64",
    "null_high": "float64",
    "z_score": "float64",
    "p_value": "float64",
    "p_value_adjusted": "float64",
    "is_tested": "bool",
    "draw_count": "int64",
}


class _Occasions:
    """Notes of people who had met a hashtag and never used it: occasions to adopt it.

    A person's notes take places 0, 1, ... in time. What was met between two places is
    fixed; the null only changes which of the person's notes stands at which place.
    """

    def __init__(self, actions: pd.DataFrame, encounters: pd.DataFrame) -> None:
        """Sort and number everything; see adoption_draws for the columns."""
        ordered = actions.sort_values(["user_number", "happened_at", "action_number"])
        _, user = np.unique(ordered["user_number"].to_numpy(), return_inverse=True)
        instants, instant = np.unique(
            ordered["happened_at"].to_numpy(), return_inverse=True
        )
        moment = user.astype(np.int64) * len(instants) + instant
        self.posts = np.flatnonzero(ordered["is_post"].to_numpy(dtype=bool))
        self.author = user[self.posts]
        note_count = np.bincount(self.author, minlength=int(user.max()) + 1)
        first_note = np.cumsum(note_count) - note_count
        self.actions = len(ordered)
        self.place = np.arange(len(self.posts)) - first_note[self.author]

        sorted_encounters = encounters.sort_values(["action_number", "hashtag_number"])
        position = pd.Index(ordered["action_number"]).get_indexer(
            sorted_encounters["action_number"]
        )
        if (position < 0).any():
            msg = "an encounter names an action that is not in the actions"
            raise ValueError(msg)
        is_use = sorted_encounters["is_use"].to_numpy(dtype=bool)
        self.hashtags, hashtag = np.unique(
            sorted_encounters["hashtag_number"].to_numpy(dtype=np.int64),
            return_inverse=True,
        )
        pair = user[position].astype(np.int64) * len(self.hashtags) + hashtag
        # the own note that follows a meeting, if there is one
        met = position[~is_use]
        following = np.searchsorted(moment[self.posts], moment[met], side="right")
        following -= first_note[user[met]]
        is_followed = following < note_count[user[met]]
        following = following[is_followed]
        pairs, met_pair = np.unique(pair[~is_use][is_followed], return_inverse=True)
        pair_user, pair_hashtag = np.divmod(pairs, len(self.hashtags))
        # a tag never met before an own note cannot be adopted by meeting it
        is_kept = is_use & np.isin(pair, pairs)
        self.use_pair = np.searchsorted(pairs, pair[is_kept])
        self.use_position = position[is_kept]
        self.pairs = len(pairs)

        # one occasion per pair and place, from the first meeting on
        first = np.full(self.pairs, np.iinfo(np.int64).max)
        np.minimum.at(first, met_pair, following)
        held = note_count[pair_user] - first
        start = np.cumsum(held) - held
        self.pair = np.repeat(np.arange(self.pairs), held)
        self.pair_place = np.arange(len(self.pair)) - (start - first)[self.pair]
        self.hashtag = pair_hashtag[self.pair]
        # how often it was met since the person's previous note
        row = start[met_pair] + following - first[met_pair]
        self.exposures = np.bincount(row, minlength=len(self.pair))

    def shuffled_places(self, rng: np.random.Generator) -> IntArray:
        """Shuffle each person's places over that person's notes, shape (notes,)."""
        order = np.argsort(self.author + rng.random(len(self.posts)))
        return self.place[order]

    def adoptions(self, place: IntArray) -> tuple[BoolArray, BoolArray]:
        """Which occasions came before or at the first use, and which were the use."""
        place_of = np.zeros(self.actions, dtype=np.int64)
        place_of[self.posts] = place
        first_use = np.full(self.pairs, np.iinfo(np.int64).max)
        np.minimum.at(first_use, self.use_pair, place_of[self.use_position])
        used_at = first_use[self.pair]
        return self.pair_place <= used_at, self.pair_place == used_at


def _occasions(actions: pd.DataFrame, encounters: pd.DataFrame) -> _Occasions | None:
    """Occasions to adopt, or None when there is none."""
    if actions.empty or encounters.empty:
        return None
    occasions = _Occasions(actions, encounters)
    return occasions if occasions.pairs else None


def adoption_draws(
    actions: pd.DataFrame,
    encounters: pd.DataFrame,
    *,
    draws: int,
    seed: int,
    max_exposures: int = 5,
) -> pd.DataFrame:
    """Count hashtag adoption by number of exposures, observed and with shuffled times.

    A person is exposed to a hashtag when they comment under someone else's note that
    carries it. Every later note of their own, up to the first that uses the tag, is an
    occasion to adopt it; the exposures that count are those since their previous note,
    so that an occasion with 0 exposures (met earlier, not lately) is the person's own
    comparison. Adopters per occasion are a discrete-time hazard (Allison, 1982,
    Discrete-time methods for the analysis of event histories) by dose, after the
    exposure curves of Romero, Meeder and Kleinberg (2011, Differences in the mechanics
    of information diffusion across topics). The null permutes the times of each
    person's notes within that person: the shuffle test of Anagnostopoulos, Kumar and
    Mahdian (2008, Influence and correlation in social networks). Everybody keeps what
    they met and when, when they published, and which tags they ever used.

    Args:
        actions: one row per note published, or first comment under someone's note:
            user_number, action_number, is_post, happened_at (seconds).
        encounters: one row per action and hashtag: action_number, hashtag_number,
            is_use (published with it, else met under someone's note).
        draws: shuffled timelines.
        seed: seed of the generator.
        max_exposures: highest number of exposures kept apart; more count as this many.

    Returns:
        One row per exposure_count (0 to max_exposures) and draw (0 is observed):
        occasions and adoptions. Empty when nobody published after meeting a hashtag.

    Raises:
        ValueError: an encounter names an action that is not in actions.
    """
    occasions = _occasions(actions, encounters)
    if occasions is None:
        return empty_frame(_ADOPTION_COLUMNS)
    return _dose_table(_shuffled_counts(occasions, draws, seed, max_exposures))


@dataclass(frozen=True)
class _Counts:
    """What the shuffles counted, observed first.

    Attributes:
        occasions: Shape (1 + draws, 1 + max_exposures), by number of exposures.
        adoptions: The same shape.
        hashtag_adoptions: Shape (1 + draws, hashtags), after an exposure.
        hashtag_occasions: Shape (hashtags,), observed, after an exposure.
    """

    occasions: IntArray
    adoptions: IntArray
    hashtag_adoptions: IntArray
    hashtag_occasions: IntArray


def _shuffled_counts(
    occasions: _Occasions, draws: int, seed: int, max_exposures: int
) -> _Counts:
    """Count once observed and once per shuffle, by dose and by hashtag."""
    rng = np.random.default_rng([seed, 3])
    doses, hashtags = max_exposures + 1, len(occasions.hashtags)
    dose = np.minimum(occasions.exposures, max_exposures)
    is_exposed = occasions.exposures > 0
    by_dose = np.zeros((2, draws + 1, doses), dtype=np.int64)
    by_hashtag = np.zeros((draws + 1, hashtags), dtype=np.int64)
    at_risk = np.zeros(hashtags, dtype=np.int64)
    for draw in range(draws + 1):
        place = occasions.shuffled_places(rng) if draw else occasions.place
        is_open, is_use = occasions.adoptions(place)
        for column, held in enumerate((is_open, is_use)):
            by_dose[column, draw] = np.bincount(dose[held], minlength=doses)
        taken = occasions.hashtag[is_use & is_exposed]
        by_hashtag[draw] = np.bincount(taken, minlength=hashtags)
        if not draw:
            at_risk = np.bincount(
                occasions.hashtag[is_open & is_exposed], minlength=hashtags
            )
    return _Counts(by_dose[0], by_dose[1], by_hashtag, at_risk)


def _dose_table(counts: _Counts) -> pd.DataFrame:
    """The counts by number of exposures, one row per number and draw."""
    rounds, doses = counts.occasions.shape
    return typed_frame(
        {
            "exposure_count": np.tile(np.arange(doses), rounds),
            "draw": np.repeat(np.arange(rounds), doses),
            "occasion_count": counts.occasions.ravel(),
            "adoption_count": counts.adoptions.ravel(),
        },
        _ADOPTION_COLUMNS,
    )


def exposure_null(table: pd.DataFrame) -> pd.DataFrame:
    """Compare adoption by number of exposures with its shuffles.

    Args:
        table: from adoption_draws.

    Returns:
        One row per number of exposures (subject ``exposures``: the rate of adoption),
        one for all occasions with an exposure (``exposed``) and one for the line
        through the rates, each weighted by its occasions (``dose``: its slope, over
        occasions with two exposures and more). With exposure 0 the slope would repeat
        that people adopt what they just met, without any dose.
    """
    if table.empty:
        return empty_frame(_ADOPTION_NULL_COLUMNS)
    wide = table.pivot_table(
        index="draw",
        columns="exposure_count",
        values=["occasion_count", "adoption_count"],
    )
    dose = wide["occasion_count"].columns.to_numpy(dtype=np.float64)
    occasions = wide["occasion_count"].to_numpy(dtype=np.float64)
    adoptions = wide["adoption_count"].to_numpy(dtype=np.float64)
    subjects: list[tuple[str, Any, BoolArray]] = [
        ("exposures", int(number), dose == number) for number in dose
    ]
    subjects.append(("exposed", pd.NA, dose > 0))
    rows: list[dict[str, Any]] = []
    for subject, number, held in subjects:
        cases, adopted = occasions[:, held].sum(axis=1), adoptions[:, held].sum(axis=1)
        rates = np.divide(
            adopted, cases, out=np.full(len(cases), np.nan), where=cases > 0
        )
        rows.append(
            {
                "subject": subject,
                "exposure_count": number,
                "occasion_count": cases[0],
                "adoption_count": adopted[0],
                **against_shuffles(rates),
            }
        )
    slopes = _slopes(dose[dose > 0], occasions[:, dose > 0], adoptions[:, dose > 0])
    rows.append(
        {
            "subject": "dose",
            "occasion_count": occasions[0, dose > 1].sum(),
            **against_shuffles(slopes),
        }
    )
    summary = pd.DataFrame(rows, columns=list(_ADOPTION_NULL_COLUMNS))
    summary["is_tested"] = summary["p_value"].notna()
    summary["draw_count"] = len(occasions) - 1
    return typed_frame(summary, _ADOPTION_NULL_COLUMNS)


def _slopes(
    dose: FloatArray, occasions: FloatArray, adoptions: FloatArray
) -> FloatArray:
    """Slopes of the rates over the dose, weighted by occasions, shape (1 + draws,)."""
    cases = occasions.sum(axis=1)
    spread = (occasions * dose**2).sum(axis=1) * cases
    spread -= (occasions * dose).sum(axis=1) ** 2
    shared = (adoptions * dose).sum(axis=1) * cases
    shared -= (occasions * dose).sum(axis=1) * adoptions.sum(axis=1)
    slopes: FloatArray = np.divide(
        shared, spread, out=np.full(len(cases), np.nan), where=spread != 0
    )
    return slopes


def adoption_null(
    actions: pd.DataFrame,
    encounters: pd.DataFrame,
    *,
    draws: int,
    seed: int,
    max_exposures: int = 5,
    min_occasions: int = 30,
    budget: int = 40_000_000,
) -> pd.DataFrame:
    """Test whether people adopt hashtags right after meeting them, all and each.

    Args:
        actions: as in adoption_draws.
        encounters: as in adoption_draws.
        draws: as in adoption_draws.
        seed: as in adoption_draws.
        max_exposures: as in adoption_draws.
        min_occasions: hashtags with fewer occasions are counted but not tested.
        budget: occasions times draws; more occasions get fewer draws (bounded_draws).

    Returns:
        The rows of exposure_null, and one row per hashtag that somebody met before a
        note of their own (subject ``hashtag``): occasions with an exposure since the
        previous note, adoptions on them (observed), their mean and standard deviation
        under the null, z, the one-sided p-value and the p-value adjusted for the number
        of hashtags tested (single-step maxT). Untested hashtags have missing z and
        p-values. All from the same shuffles.

    Raises:
        ValueError: an encounter names an action that is not in actions.
    """
    occasions = _occasions(actions, encounters)
    if occasions is None:
        return empty_frame(_ADOPTION_NULL_COLUMNS)
    draws = bounded_draws(draws, len(occasions.pair), budget)
    counts = _shuffled_counts(occasions, draws, seed, max_exposures)
    return pd.concat(
        [
            exposure_null(_dose_table(counts)),
            _hashtag_null(occasions.hashtags, counts, min_occasions),
        ],
        ignore_index=True,
    )


def _hashtag_null(
    hashtags: IntArray, counts: _Counts, min_occasions: int
) -> pd.DataFrame:
    """Compare the adoptions of every hashtag with their shuffles."""
    adoptions, at_risk = counts.hashtag_adoptions, counts.hashtag_occasions
    draws = len(adoptions) - 1
    mean = adoptions[1:].mean(axis=0)
    deviation = adoptions[1:].std(axis=0, ddof=1)
    tested = (at_risk >= min_occasions) & (deviation > 0)
    z = np.where(tested, (adoptions - mean) / np.where(tested, deviation, 1), -np.inf)
    highest = z[1:].max(axis=1)
    above = (adoptions[1:] >= adoptions[0]).sum(axis=0)
    above_highest = (highest[:, None] >= z[0] - 1e-9).sum(axis=0)
    low, high = np.quantile(adoptions[1:], [0.025, 0.975], axis=0)
    missing = np.where(tested, 0.0, np.nan)
    table = typed_frame(
        {
            "subject": "hashtag",
            "hashtag_number": hashtags,
            "occasion_count": at_risk,
            "adoption_count": adoptions[0],
            "observed": adoptions[0],
            "null_mean": mean,
            "null_sd": deviation,
            "null_low": low,
            "null_high": high,
            "z_score": np.where(tested, z[0], np.nan),
            "p_value": permutation_p(above, draws) + missing,
            "p_value_adjusted": permutation_p(above_highest, draws) + missing,
            "is_tested": tested,
            "draw_count": draws,
        },
        _ADOPTION_NULL_COLUMNS,
    )
    return table[table["occasion_count"] > 0].reset_index(drop=True)
