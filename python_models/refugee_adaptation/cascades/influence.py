"""Does a person draw more replies than the places they wrote in explain?

The null keeps how often everybody wrote in every thread and shuffles which comment, and
so which moment, was theirs. Results depend on the numbers in the input and the seed
alone: frames are sorted by their number columns.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from refugee_adaptation.shared.arrays import FloatArray, IntArray
from refugee_adaptation.shared.frames import empty_frame, typed_frame
from refugee_adaptation.shared.inference import (
    against_shuffles,
    bounded_draws,
    permutation_p,
)

# users whose rank intervals are taken at once; bounds the memory
_BLOCK_USERS = 20_000

_INFLUENCE_COLUMNS = {
    "user_number": "int64",
    "action_count": "int64",
    "cascade_count": "int64",
    "drawn_count": "int64",
    "expected_count": "float64",
    "null_sd": "float64",
    "z_score": "float64",
    "p_value": "float64",
    "p_value_adjusted": "float64",
    "is_tested": "bool",
    "influence_rank": "int64",
    "influence_rank_low": "int64",
    "influence_rank_high": "int64",
    "draw_count": "int64",
    "dispersion": "float64",
    "dispersion_null_mean": "float64",
    "dispersion_null_sd": "float64",
    "dispersion_null_low": "float64",
    "dispersion_null_high": "float64",
    "dispersion_p_value": "float64",
}


class _Shuffle:
    """Shuffles what actions drew among the actors of the same stratum."""

    def __init__(self, actions: pd.DataFrame, min_actions: int) -> None:
        """Sort and number the actions; see influence_null for the columns."""
        ordered = actions.sort_values(["stratum_number", "action_number"])
        _, self.stratum = np.unique(
            ordered["stratum_number"].to_numpy(), return_inverse=True
        )
        _, self.cascade = np.unique(
            ordered["cascade_number"].to_numpy(), return_inverse=True
        )
        self.users, self.actor = np.unique(
            ordered["user_number"].to_numpy(), return_inverse=True
        )
        self.drawn = ordered["drawn_count"].to_numpy(dtype=np.float64)
        self.root = np.sqrt(self.drawn)
        self.action_count = np.bincount(self.actor)
        self.observed = self.totals(self.drawn)
        self.expected, self.deviation = self._moments(self.drawn)
        self.root_expected, self.root_deviation = self._moments(self.root)
        self.is_tested = (self.action_count >= min_actions) & (self.deviation > 1e-9)
        self._prepare_draws()

    def _prepare_draws(self) -> None:
        """Find what a shuffle can change: unequal values among people tested."""
        lowest = np.full(int(self.stratum.max()) + 1, np.inf)
        highest, matters = np.zeros(len(lowest)), np.zeros(len(lowest), dtype=bool)
        np.minimum.at(lowest, self.stratum, self.root)
        np.maximum.at(highest, self.stratum, self.root)
        matters[self.stratum[self.is_tested[self.actor]]] = True
        moving = (matters & (lowest < highest))[self.stratum]
        # people who are not tested share the last place
        tested_count = np.count_nonzero(self.is_tested)
        place = np.full(len(self.users), tested_count)
        place[self.is_tested] = np.arange(tested_count)
        self.moving_place = place[self.actor[moving]]
        self.moving_stratum = self.stratum[moving]
        self.moving_root = self.root[moving]
        self.fixed = self.totals(np.where(moving, 0.0, self.root))[self.is_tested]

    def totals(self, drawn: FloatArray) -> FloatArray:
        """Sum what the actions drew over their actors, shape (actors,)."""
        sums = np.bincount(self.actor, weights=drawn, minlength=len(self.users))
        return sums.astype(np.float64)

    def _moments(self, drawn: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Exact mean and standard deviation of the shuffled totals.

        An actor with m of a stratum's n actions has a sum of m values drawn without
        replacement: mean m * mean, variance m * (1 - m / n) * S^2.
        """
        size = np.bincount(self.stratum)
        total = np.bincount(self.stratum, weights=drawn)
        square = np.bincount(self.stratum, weights=drawn**2)
        mean = total / size
        spread = np.where(
            size > 1, (square - size * mean**2) / np.maximum(size - 1, 1), 0.0
        )
        key = self.stratum.astype(np.int64) * len(self.users) + self.actor
        cells, held = np.unique(key, return_counts=True)
        stratum, actor = np.divmod(cells, len(self.users))
        variance = held * (1 - held / size[stratum]) * spread[stratum]
        actors = len(self.users)
        total_mean = np.bincount(actor, held * mean[stratum], minlength=actors)
        total_variance = np.bincount(actor, np.maximum(variance, 0), minlength=actors)
        return total_mean.astype(np.float64), np.sqrt(total_variance)

    def z_scores(self, root_totals: FloatArray) -> FloatArray:
        """Standardise sums of square roots of the people tested, shape (tested,).

        The square root steadies the variance of counts (Bartlett, 1936); without it
        one very popular comment decides the highest score of every shuffle.
        """
        expected = self.root_expected[self.is_tested]
        return (root_totals - expected) / self.root_deviation[self.is_tested]

    def draw(self, rng: np.random.Generator) -> FloatArray:
        """Return a shuffled sum of square roots per person tested, shape (tested,)."""
        order = np.argsort(self.moving_stratum + rng.random(len(self.moving_root)))
        sums = np.bincount(
            self.moving_place, self.moving_root[order], minlength=len(self.fixed) + 1
        )
        return np.asarray(self.fixed + sums[:-1])


def influence_null(
    actions: pd.DataFrame,
    *,
    draws: int,
    seed: int,
    min_actions: int = 5,
    budget: int = 40_000_000,
) -> pd.DataFrame:
    """Rank people by what their actions drew, against a shuffled-time null.

    The null permutes what the actions drew within each stratum (for comments: the
    first-level comments, or the replies, under one note), so everybody keeps how often
    they acted and where; only which place and moment was theirs is shuffled. Rank
    intervals come from resampling whole cascades with replacement.

    Args:
        actions: one row per action: action_number, stratum_number, cascade_number,
            user_number, drawn_count (comments or replies by other people).
        draws: shuffles, and as many resamples.
        seed: seed of the generator.
        min_actions: people with fewer actions are ranked but not tested: one lucky
            comment is no evidence about a person.
        budget: actions times draws; more actions get fewer draws (bounded_draws).

    Returns:
        One row per user: actions, cascades, drawn_count, its exact expectation and
        standard deviation under the null, z and the one-sided p-value of the sum of
        square roots of what each action drew (steadier than the sum: one very popular
        comment does not decide it), the p-value adjusted for the number of people
        tested (Westfall and Young, 1993, single-step maxT), and the rank by drawn_count
        (1 is highest, ties share the best rank) with its 95 % percentile interval.
        Untested users have missing z and p-values. The same in every row: the
        dispersion, which is the mean squared z of the people tested (about 1 when
        nobody draws more than others), its mean, standard deviation and 2.5 and 97.5 %
        quantiles in the same shuffles and its one-sided p-value; missing when nobody
        is tested.
    """
    if actions.empty:
        return empty_frame(_INFLUENCE_COLUMNS)
    draws = bounded_draws(draws, len(actions), budget)
    shuffle = _Shuffle(actions, min_actions)
    rng = np.random.default_rng([seed, 1])
    tested = shuffle.is_tested
    observed = shuffle.z_scores(shuffle.totals(shuffle.root)[tested])
    above, above_max = np.zeros((2, len(observed)), dtype=np.int64)
    spreads = np.full(draws + 1, np.nan)
    if tested.any():
        spreads[0] = (observed**2).mean()
        for draw in range(1, draws + 1):
            z = shuffle.z_scores(shuffle.draw(rng))
            above += z >= observed - 1e-9
            above_max += z.max() >= observed - 1e-9
            spreads[draw] = (z**2).mean()

    def of_tested(values: FloatArray) -> FloatArray:
        every = np.full(len(tested), np.nan)
        every[tested] = values
        return every

    low, high = _rank_interval(shuffle, draws, np.random.default_rng([seed, 2]))
    cascades = int(shuffle.cascade.max()) + 1
    pairs = np.unique(shuffle.actor.astype(np.int64) * cascades + shuffle.cascade)
    return typed_frame(
        {
            "user_number": shuffle.users,
            "action_count": shuffle.action_count,
            "cascade_count": np.bincount(pairs // cascades),
            "drawn_count": shuffle.observed.round(),
            "expected_count": shuffle.expected,
            "null_sd": shuffle.deviation,
            "z_score": of_tested(observed),
            "p_value": of_tested(permutation_p(above, draws)),
            "p_value_adjusted": of_tested(permutation_p(above_max, draws)),
            "is_tested": tested,
            "influence_rank": _ranks(shuffle.observed),
            "influence_rank_low": low,
            "influence_rank_high": high,
            "draw_count": draws,
            **_dispersion(spreads),
        },
        _INFLUENCE_COLUMNS,
    )


def _dispersion(spreads: FloatArray) -> dict[str, float]:
    """Summarise mean squared z-scores of shape (1 + draws,), observed first."""
    compared = against_shuffles(spreads)
    parts = ("null_mean", "null_sd", "null_low", "null_high", "p_value")
    return {
        "dispersion": compared["observed"],
        **{f"dispersion_{part}": compared[part] for part in parts},
    }


def _ranks(totals: FloatArray) -> IntArray:
    """Rank from 1 (highest); ties share the best rank."""
    ordered = np.sort(-totals)
    return np.searchsorted(ordered, -totals, side="left").astype(np.int64) + 1


def _rank_interval(
    shuffle: _Shuffle, draws: int, rng: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """95 % percentile interval of the rank over resampled cascades."""
    cascades = int(shuffle.cascade.max()) + 1
    ranks = np.empty((draws, len(shuffle.users)), dtype=np.int32)
    share = np.full(cascades, 1 / cascades)
    drew = np.flatnonzero(shuffle.drawn)
    actor, cascade = shuffle.actor[drew], shuffle.cascade[drew]
    drawn = shuffle.drawn[drew]
    for draw in range(draws):
        weight = rng.multinomial(cascades, share)
        totals = np.bincount(actor, drawn * weight[cascade], len(shuffle.users))
        ranks[draw] = _ranks(totals.astype(np.float64))
    rank = _ranks(shuffle.observed.astype(np.float64))
    low, high = rank.copy(), rank.copy()
    for first in range(0, len(rank), _BLOCK_USERS):
        block = slice(first, first + _BLOCK_USERS)
        ends = np.quantile(
            ranks[:, block], [0.025, 0.975], axis=0, method="closest_observation"
        )
        low[block] = np.minimum(ends[0], rank[block])
        high[block] = np.maximum(ends[1], rank[block])
    return low, high


def influence_by_role(
    actions: pd.DataFrame,
    *,
    draws: int,
    seed: int,
    min_actions: int = 5,
    budget: int = 40_000_000,
) -> pd.DataFrame:
    """Run influence_null for each role on its own, in alphabetical order.

    Args:
        actions: as in influence_null, with influence_role in front.
        draws: as in influence_null.
        seed: as in influence_null.
        min_actions: as in influence_null.
        budget: as in influence_null.

    Returns:
        The rows of influence_null with influence_role in front.
    """
    # the empty selection gives the columns when there is no role at all
    blocks = [influence_null(actions.iloc[:0], draws=draws, seed=seed)]
    for _, held in actions.groupby("influence_role", sort=True):
        blocks.append(
            influence_null(
                held, draws=draws, seed=seed, min_actions=min_actions, budget=budget
            )
        )
    roles = [str(role) for role in sorted(actions["influence_role"].unique())]
    stacked = pd.concat(blocks, keys=["", *roles], names=["influence_role"])
    table = stacked.reset_index(level=0).reset_index(drop=True)
    return table.astype({"influence_role": "string"})
