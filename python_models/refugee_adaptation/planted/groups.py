"""Users with planted adaptation groups, or with none.

Six style features, two per group, and four counts shaped like a real crawl's that
carry no information on the group. The members of a group are shifted by ``delta``
standard deviations on its two features.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from refugee_adaptation.adaptation.features import MEMBER
from refugee_adaptation.shared.arrays import FloatArray

GROUPS = ("cultural_adapter", "imitator", "social_explorer")
SHARES = (0.6, 0.25, 0.15)
COUNTS = ("like_count", "comment_count", "collect_count", "share_count")
# mean and standard deviation of log1p counts, and their correlations (724 posts of
# January to March 2025)
_LOG_MEAN = np.array([3.59, 3.01, 1.32, 1.09])
_LOG_SD = np.array([2.61, 2.26, 1.92, 1.88])
_LOG_CORRELATION = np.array(
    [
        [1.000, 0.901, 0.922, 0.845],
        [0.901, 1.000, 0.825, 0.820],
        [0.922, 0.825, 1.000, 0.879],
        [0.845, 0.820, 0.879, 1.000],
    ]
)


@dataclass(frozen=True)
class PlantedGroups:
    """A sample and its truth.

    Attributes:
        frame: One row per user with the columns user_id, standing (all members),
            six style features (standard deviations) and four counts.
        weights: The archetype weights that belong to it (archetype, feature, weight).
        truth: Group of each user as an index into GROUPS, shape (n,).
    """

    frame: pd.DataFrame
    weights: pd.DataFrame
    truth: npt.NDArray[np.int64]


def planted_groups(
    users: int,
    delta: float,
    seed: int,
    shares: tuple[float, float, float] = SHARES,
) -> PlantedGroups:
    """Draw users of three groups.

    Args:
        users: Number of users n.
        delta: Shift of a group on its own two features, in standard deviations; the
            centroids of any two groups are 2 * delta apart. 0 plants nothing.
        seed: Seed.
        shares: Shares of the groups, in the order of GROUPS.

    Returns:
        The sample.

    Raises:
        ValueError: If the shares do not sum to one.
    """
    rng = np.random.default_rng([seed, 101])
    truth = rng.choice(len(GROUPS), size=users, p=shares)
    style = rng.standard_normal((users, 6))
    for group in range(len(GROUPS)):
        style[truth == group, 2 * group : 2 * group + 2] += delta
    return PlantedGroups(_frame(style, _counts(users, rng)), _weights(), truth)


def null_groups(users: int, seed: int, correlation: float = 0.3) -> PlantedGroups:
    """Draw users without groups, from features as awkward as real ones.

    One correlated Gaussian cloud seen through real-shaped margins: two shares that
    are mostly 0 (and sometimes 1), one yes-or-no, one skewed, two bell-shaped. A
    method that ignores margins finds clusters at their corners.

    Args:
        users: Number of users n.
        seed: Seed.
        correlation: Correlation between any two latent features.

    Returns:
        The sample; its truth is one group.

    Raises:
        ValueError: If the correlation is outside [0, 1).
    """
    if not 0 <= correlation < 1:
        raise ValueError("correlation must be in [0, 1)")
    rng = np.random.default_rng([seed, 103])
    common = rng.standard_normal((users, 1))
    own = rng.standard_normal((users, 6))
    latent = np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own
    style = latent.copy()
    style[:, 0] = np.clip(latent[:, 0] - 0.8, 0, 1)
    style[:, 2] = np.clip(latent[:, 2] - 0.3, 0, 1)
    style[:, 3] = latent[:, 3] > 0.2
    style[:, 4] = np.exp(latent[:, 4])
    truth = np.zeros(users, dtype=np.int64)
    return PlantedGroups(_frame(style, _counts(users, rng)), _weights(), truth)


def _counts(users: int, rng: np.random.Generator) -> FloatArray:
    """Counts with a real crawl's log margins and correlations, shape (n, 4)."""
    factor = np.linalg.cholesky(_LOG_CORRELATION)
    logs = _LOG_MEAN + _LOG_SD * (rng.standard_normal((users, 4)) @ factor.T)
    return np.asarray(np.floor(np.expm1(np.maximum(logs, 0.0))), dtype=np.float64)


def _frame(style: FloatArray, counts: FloatArray) -> pd.DataFrame:
    """Name the columns."""
    frame = pd.DataFrame(style, columns=_feature_names())
    frame[list(COUNTS)] = counts
    frame.insert(0, "user_id", [f"user{number:06d}" for number in range(len(frame))])
    frame.insert(1, "standing", MEMBER)
    return frame


def _feature_names() -> list[str]:
    """Two features per group."""
    return [f"{group}_{part}" for group in GROUPS for part in ("words", "tags")]


def _weights() -> pd.DataFrame:
    """Each group's archetype: weight one on its two features."""
    rows = [(name.rsplit("_", 1)[0], name, 1.0) for name in _feature_names()]
    return pd.DataFrame(rows, columns=["archetype", "feature", "weight"])
