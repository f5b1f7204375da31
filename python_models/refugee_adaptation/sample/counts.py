"""Engagement counts with the published marginals and rank correlation.

Values are not drawn but dealt: the quantile function gives as many values as there are
posts, and the posts take them in the order of a latent score. So every quantile and
zero share is met at any sample size, and the scores alone carry the structure: rank
correlation between the counts, group differences in their ratios, influencers, silence.
"""

import numpy as np
import numpy.typing as npt
from scipy import stats

from refugee_adaptation.sample.published import (
    BANDS,
    COUNT_NAMES,
    QUANTILE_LEVELS,
    Wave,
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

SILENT = -50.0
"""Latent score that is sure to receive a zero."""

#: From about `_SUCCESS` standard deviations above the mean on, counts differ by this
#: share less from one another.
_AGREEMENT = 0.85
_SUCCESS = 0.5


def deal(
    size: int, levels: tuple[float, ...], values: tuple[float, ...], zero_share: float
) -> Ints:
    """Return `size` counts in ascending order with the given quantiles.

    Between two quantiles the values are spaced evenly in log(1 + x).

    Args:
        size: Number of counts.
        levels: Ascending probabilities, ending in 1.
        values: Quantiles at `levels`.
        zero_share: Share of counts that are 0.

    Returns:
        Integers, shape (size,).
    """
    if size == 0:
        return np.empty(0, dtype=np.int64)
    known = [
        (p, float(np.log1p(v)))
        for p, v in zip(levels, values, strict=True)
        if v > 0 and p > zero_share
    ]
    knots = [(zero_share, float(np.log1p(0.5))), *known]
    at = (np.arange(size) + 0.5) / size
    curve = np.expm1(np.interp(at, [p for p, _ in knots], [v for _, v in knots]))
    dealt = np.floor(curve + 0.5).astype(np.int64)
    dealt[at < zero_share] = 0
    dealt[-1] = round(values[-1])
    return dealt


def take_in_order(values: Ints, scores: Floats) -> Ints:
    """Deal ascending `values` to positions in the order of their `scores`."""
    dealt = np.empty_like(values)
    dealt[np.argsort(scores, kind="stable")] = values
    return dealt


def quota(scores: Floats, share: float) -> Bools:
    """Mark the `share` of positions with the highest scores (rounded to a count)."""
    marked = np.zeros(len(scores), dtype=np.bool_)
    count = round(share * len(scores))
    if count:
        marked[np.argsort(scores, kind="stable")[-count:]] = True
    return marked


def correlated(noise: Floats, correlation: Floats) -> Floats:
    """Give four columns of noise the wanted correlation, exactly, in this sample.

    Args:
        noise: Shape (n, 4); any scale, may carry group effects.
        correlation: Shape (4, 4), positive definite.

    Returns:
        Scores of mean 0 and standard deviation 1, shape (n, 4).
    """
    centred = noise - noise.mean(axis=0)
    covariance = centred.T @ centred / max(len(noise), 1) + 1e-9 * np.eye(4)
    white = np.linalg.solve(np.linalg.cholesky(covariance), centred.T).T
    return np.asarray(white @ np.linalg.cholesky(correlation).T)


def _agree_on_success(scores: Floats) -> Floats:
    """Draw the four scores of a successful post towards their mean, shape (n, 4).

    A post that is liked 10,000 times is also collected and shared: the logarithms of
    the study's counts correlate more than their ranks do.
    """
    mean = scores.mean(axis=1, keepdims=True)
    spread = max(float(mean.std()), 1e-9)
    kept = 1 - _AGREEMENT / (1 + np.exp((_SUCCESS - mean / spread) / 0.3))
    return np.asarray(mean + (scores - mean) * kept)


def _nearest_correlation(matrix: Floats) -> Floats:
    values, vectors = np.linalg.eigh(matrix)
    fixed = (vectors * np.maximum(values, 1e-3)) @ vectors.T
    scale = np.sqrt(np.diag(fixed))
    return np.asarray(fixed / np.outer(scale, scale))


def _band_middle(values: Ints) -> Floats:
    """Read a banded value as the geometric middle of its band, as the study did."""
    return np.select(
        [values >= 10_000, values >= 1_000, values >= 10],
        [31_623.0, 3_162.0, 100.0],
        values.astype(float),
    )


def _values_of_wave(
    wave: Wave, size: int, banded: int
) -> tuple[list[Ints], list[Ints]]:
    """Ascending values per count for (exact rows, banded rows)."""
    exact_rows: list[Ints] = []
    banded_rows: list[Ints] = []
    published_banded = sum(wave.banded_cells["like"])
    for name in COUNT_NAMES:
        cells = wave.banded_cells[name]
        parts: list[Ints] = []
        shares = [c / published_banded if published_banded else 0.0 for c in cells]
        numbers = [round(share * banded) for share in shares]
        if name == "like":  # every banded row has a banded like count
            numbers[0] = banded - numbers[1] - numbers[2]
        small = banded - sum(numbers)
        for number, (low, high) in zip(
            numbers, ((10, 999), (1_000, 9_999), (10_000, 60_000)), strict=True
        ):
            grid = np.linspace(np.log(low), np.log(high), number + 2)[1:-1]
            parts.append(np.exp(grid).astype(np.int64))
        exact_cells = size - sum(numbers)
        zeros = wave.zero_share[name] * size / max(exact_cells, 1)
        dealt = deal(exact_cells, QUANTILE_LEVELS, wave.quantiles[name], zeros)
        # a banded row has 10 likes or more, so its small values are the higher ones
        up_to_9 = int(np.searchsorted(dealt, 9, side="right"))
        if up_to_9 < small:  # only in a sample of a few posts
            dealt[:small], up_to_9 = 0, small
        steps = ((np.arange(small) + 0.5) / max(small, 1)) ** 0.6
        places = np.floor(steps * up_to_9).astype(np.int64)
        places = np.maximum.accumulate(places - np.arange(small)) + np.arange(small)
        places = np.minimum(places, up_to_9 - small + np.arange(small))
        parts.insert(0, dealt[places])
        banded_rows.append(np.concatenate(parts))
        exact_rows.append(np.delete(dealt, places))
    return exact_rows, banded_rows


def engagement(
    wave: Wave, noise: Floats, is_banded: Bools, is_silent: Bools
) -> tuple[Ints, Floats]:
    """Deal the four counts of one wave's posts.

    The correlation of the scores is found by a few rounds of correction until the rank
    correlation of the dealt counts is the published one.

    Args:
        wave: Published marginals.
        noise: Scores before correlation, columns as `COUNT_NAMES`, shape (n, 4).
        is_banded: Posts seen by the logged-out crawl, shape (n,).
        is_silent: Posts that get zero on all four counts, shape (n,).

    Returns:
        Counts, shape (n, 4), and the final scores, shape (n, 4).
    """
    size = len(noise)
    if size == 0:
        return np.empty((0, 4), dtype=np.int64), noise
    target = np.eye(4)
    target[np.triu_indices(4, 1)] = wave.spearman
    target = target + target.T - np.eye(4)
    plain, seen = np.flatnonzero(~is_banded), np.flatnonzero(is_banded)
    exact, banded = _values_of_wave(wave, size, int(is_banded.sum()))
    # every value is dealt together with its rank among all of them
    ranked = [
        np.split(stats.rankdata(np.concatenate([a, _band_middle(b)])), [len(a)])
        for a, b in zip(exact, banded, strict=True)
    ]
    latent = target.copy()
    best: tuple[float, Ints, Floats] | None = None
    for _ in range(12):
        latent = _nearest_correlation(latent)
        scores = _agree_on_success(correlated(noise, latent))
        scores[is_silent] = SILENT + noise[is_silent] * 1e-3
        counts = np.empty((size, 4), dtype=np.int64)
        ranks = np.empty((4, size))
        for column in range(4):
            values = (exact[column], banded[column])
            for rows, dealt, rank in zip(
                (plain, seen), values, ranked[column], strict=True
            ):
                order = rows[np.argsort(scores[rows, column], kind="stable")]
                counts[order, column], ranks[column, order] = dealt, rank
        if size < 30:
            return counts, scores
        gap = target - np.corrcoef(ranks)
        worst = float(np.abs(gap).max())
        if best is None or worst < best[0]:
            best = (worst, counts, scores)
        latent = latent + 0.7 * gap
    assert best is not None
    return best[1], best[2]


def written(values: Ints, is_banded: Bools) -> list[str]:
    """Write counts as the platform shows them.

    Exact values of 10,000 or more are rounded to one decimal of 万 (10,000); a banded
    value of 10 or more becomes the lower bound of its band.

    Args:
        values: Counts, shape (n,).
        is_banded: Whether the row was seen by the logged-out page, shape (n,).

    Returns:
        `n` strings such as `812`, `7.6万`, `2万`, `10+`, `1千+`.
    """
    cells = [str(value) for value in values.tolist()]
    for place in np.flatnonzero((values >= 10_000) | (is_banded & (values >= 10))):
        value = int(values[place])
        if is_banded[place]:
            cells[place] = BANDS[max(low for low in BANDS if low <= value)]
        else:
            whole, rest = divmod((value + 500) // 1_000, 10)
            cells[place] = f"{whole}.{rest}万" if rest else f"{whole}万"
    return cells
