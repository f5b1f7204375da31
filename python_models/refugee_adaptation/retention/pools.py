"""How many people stand behind a sample: capture-recapture bounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from refugee_adaptation.shared.frames import typed_frame

_PAIR_TYPES: dict[str, str] = {
    "pair_kind": "string",
    "entity": "string",
    "first_name": "string",
    "second_name": "string",
    "first_user_count": "int64",
    "second_user_count": "int64",
    "shared_user_count": "int64",
}
_POOL_TYPES: dict[str, str] = {
    "pool_estimate": "float64",
    "pool_low": "float64",
    "pool_high": "float64",
    "zero_expected_pool": "float64",
}


def chao_pool(users: int, once: int, twice: int) -> float:
    """Lower bound of the people behind a sample, from how often each was met.

    Args:
        users: Distinct users in the sample.
        once: Users met exactly once.
        twice: Users met exactly twice.

    Returns:
        At least so many users were active; equal to ``users`` when nobody was met
        only once.

    Source: Chao (1987), Estimating the population size for capture-recapture data with
        unequal catchability, doi:10.2307/2531532 (bias-corrected form).
    """
    return users + once * max(once - 1, 0) / (2 * (twice + 1))


@dataclass(frozen=True)
class Pool:
    """A capture-recapture estimate of the users behind two samples.

    Attributes:
        estimate: Chapman's nearly unbiased estimate (users).
        low: Lower end of the 95 % interval (users); never below those seen.
        high: Upper end; infinite without a recapture.
        zero_expected: Pool above which no recapture at all is what random sampling
            gives (its expected number is below 3, so P(0) > 5 %).
    """

    estimate: float
    low: float
    high: float
    zero_expected: float


def chapman_pool(first: int, second: int, both: int, confidence: float = 0.95) -> Pool:
    """Bound the pool of users from two samples of it.

    Two samples of the same active users overlap by chance alone; the smaller the
    overlap, the larger the pool they were drawn from. Users differ in how often they
    post, and the same busy users are met twice: the estimate is therefore a LOWER bound
    of the pool. Samples of different days are not of the same users: where people leave
    in between, a small overlap says nothing about the pool.

    Args:
        first: Users in the first sample.
        second: Users in the second sample.
        both: Users in both.
        confidence: Level of the interval, exact for a Poisson number of recaptures.

    Returns:
        The estimate and its bounds, in users.

    Raises:
        ValueError: If a number is negative or more users are in both than in one.

    Source: Chapman (1951); Seber (1982), The Estimation of Animal Abundance, 3.1;
        the rule of three: Hanley and Lippman-Hand (1983).
    """
    if min(first, second, both) < 0 or both > min(first, second):
        message = f"impossible overlap: {both} users in both of {first} and {second}"
        raise ValueError(message)

    from scipy.stats import chi2

    tail = (1 - confidence) / 2
    seen = first + second - both
    product = first * second
    most = chi2.ppf(1 - tail, 2 * (both + 1)) / 2
    least = chi2.ppf(tail, 2 * both) / 2 if both else 0.0
    return Pool(
        estimate=(first + 1) * (second + 1) / (both + 1) - 1,
        low=max(float(seen), float(product / most)),
        high=max(float(seen), float(product / least)) if least else float("inf"),
        zero_expected=product / 3,
    )


def pool_bounds(pairs: pd.DataFrame) -> pd.DataFrame:
    """Add the capture-recapture bound to every pair of samples of the same days.

    Two waves have none: the users of the first may have left before the second, and an
    overlap that is small for that reason would be taken for a large pool. They only get
    the pool above which no overlap at all is what chance gives even if
    everybody stayed.

    Args:
        pairs: ``int_retention__overlaps``: one row per pair with pair_kind, entity,
            first_name, second_name, first_user_count, second_user_count and
            shared_user_count (users).

    Returns:
        The same rows with pool_estimate, pool_low, pool_high (null = unbounded) and
        zero_expected_pool, in users; null where a sample is empty, and the first three
        also for waves.

    Raises:
        ValueError: If an overlap is impossible.
    """
    result = typed_frame(pairs[list(_PAIR_TYPES)], _PAIR_TYPES).reset_index(drop=True)
    for name in _POOL_TYPES:
        result[name] = np.nan
    for index, pair in result.iterrows():
        first, second = int(pair["first_user_count"]), int(pair["second_user_count"])
        if not first or not second:
            continue
        pool = chapman_pool(first, second, int(pair["shared_user_count"]))
        if pair["pair_kind"] == "waves":
            result.loc[index, "zero_expected_pool"] = pool.zero_expected
            continue
        result.loc[index, list(_POOL_TYPES)] = [
            pool.estimate,
            pool.low,
            pool.high if np.isfinite(pool.high) else np.nan,
            pool.zero_expected,
        ]
    return typed_frame(result, {**_PAIR_TYPES, **_POOL_TYPES})
