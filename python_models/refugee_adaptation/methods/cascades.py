"""Reply cascades, the people who drive them and hashtag adoption, with null models.

Three questions, each with the null that could explain it away:

* Shape. Is a note's reply tree deeper or more viral than chance? The null keeps how
  many replies every comment drew and shuffles where and when they were written: a
  uniformly random forest with the same out-degrees.
* Influence. Does a person draw more replies than the places they wrote in explain? The
  null keeps how often everybody wrote in every thread and shuffles which comment, and
  so which moment, was theirs.
* Adoption. Do people use a hashtag because they met it? The null keeps what everybody
  met, when, and what they published and shuffles which of their own notes came when, so
  taste (the same people like the same tags) stays and only the order is lost.

Results depend on the numbers in the input and the seed alone: frames are sorted by
their number columns first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

# the number under which shape_null gives the mean over all cascades
MEAN_OF_CASCADES = 0
SHAPE_STATISTICS = ("depth", "breadth", "structural_virality")
# trees are drawn in blocks of about this many nodes, about 100 bytes each
_BLOCK_NODES = 2_000_000

_SHAPE_COLUMNS = {
    "cascade_number": "int64",
    "statistic": "string",
    "observed": "float64",
    "null_mean": "float64",
    "null_sd": "float64",
    "null_low": "float64",
    "null_high": "float64",
    "z_score": "float64",
    "p_value": "float64",
    "draw_count": "int64",
}
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
}
_DISPERSION_COLUMNS = {
    "draw": "int64",
    "statistic": "float64",
    "actor_count": "int64",
}
_ADOPTION_COLUMNS = {
    "exposure_count": "int64",
    "draw": "int64",
    "occasion_count": "int64",
    "adoption_count": "int64",
}
_HASHTAG_COLUMNS = {
    "hashtag_number": "int64",
    "occasion_count": "int64",
    "adoption_count": "int64",
    "expected_count": "float64",
    "null_sd": "float64",
    "z_score": "float64",
    "p_value": "float64",
    "p_value_adjusted": "float64",
    "is_tested": "bool",
    "draw_count": "int64",
}


def _empty(columns: dict[str, str]) -> pd.DataFrame:
    """Return a frame of zero rows with the given column types."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})


def _typed(values: dict[str, Any], columns: dict[str, str]) -> pd.DataFrame:
    """Return the values as a frame with exactly the given columns and types."""
    return pd.DataFrame(values, columns=list(columns)).astype(columns)


def node_depths(parent: npt.ArrayLike) -> IntArray:
    """Count the steps from every node of a forest up to its root.

    Args:
        parent: shape (n,), position of each node's parent, -1 for a root.

    Returns:
        Shape (n,), 1 for a root (a first-level comment), 2 for its children.

    Raises:
        ValueError: a parent lies outside the array, or the parents run in a circle.
    """
    parents = np.asarray(parent, dtype=np.int64)
    size = len(parents)
    if size and (parents.min() < -1 or parents.max() >= size):
        msg = "a parent lies outside the array of nodes"
        raise ValueError(msg)
    # pointer doubling; the extra last node is the one above all roots
    jump = np.append(np.where(parents < 0, size, parents), size)
    depth = np.append(np.ones(size, dtype=np.int64), 0)
    for _ in range(max(size, 1).bit_length() + 1):
        if (jump == size).all():
            return depth[:-1]
        depth = depth + depth[jump]
        jump = jump[jump]
    msg = "the parents run in a circle: no root above some node"
    raise ValueError(msg)


def subtree_sizes(parent: npt.ArrayLike, depth: IntArray | None = None) -> IntArray:
    """Count the nodes at or below every node of a forest, in O(n log n).

    Args:
        parent: shape (n,), position of each node's parent, -1 for a root.
        depth: shape (n,), the nodes' depths when they are known already.

    Returns:
        Shape (n,), 1 for a leaf.

    Raises:
        ValueError: a parent lies outside the array, or the parents run in a circle.
    """
    parents = np.asarray(parent, dtype=np.int64)
    depths = node_depths(parents) if depth is None else depth
    sizes = np.ones(len(parents), dtype=np.int64)
    by_depth = np.argsort(depths, kind="stable")
    ends = np.cumsum(np.bincount(depths, minlength=1))
    for level in range(len(ends) - 1, 1, -1):
        nodes = by_depth[ends[level - 1] : ends[level]]
        np.add.at(sizes, parents[nodes], sizes[nodes])
    return sizes


def structural_virality(parent: npt.ArrayLike) -> float:
    """Mean distance between two nodes of a reply tree.

    The tree is the note (its root) and the forest of its comments. Every edge lies on
    ``s * (n - s)`` of the paths, ``s`` being the size of the subtree below it, so the
    mean needs no pair to be visited. A star gives about 2, a chain of n nodes
    ``(n + 1) / 3``. Source: Goel, Anderson, Hofman and Watts (2016), The structural
    virality of online diffusion, Management Science 62(1).

    Args:
        parent: shape (n,), position of each comment's parent, -1 for the note.

    Returns:
        Distance in edges; 0 when there is no comment.
    """
    parents = np.asarray(parent, dtype=np.int64)
    nodes = len(parents) + 1
    if nodes == 1:
        return 0.0
    sizes = subtree_sizes(parents).astype(float)
    return float(2 * (sizes * (nodes - sizes)).sum() / (nodes * (nodes - 1)))


def random_forests(
    child_counts: npt.ArrayLike, draws: int, rng: np.random.Generator
) -> IntArray:
    """Draw uniformly random forests in which every node keeps its number of children.

    The degrees are permuted and rotated to a valid breadth-first sequence; a forest of
    k trees has exactly k valid rotations (the cycle lemma of Dvoretzky and Motzkin,
    1947; see Devroye, 2012, Simulating size-constrained Galton-Watson trees).

    Args:
        child_counts: shape (n,), children of every node; n minus their sum is the
            number of roots.
        draws: number of forests.
        rng: source of randomness.

    Returns:
        Shape (draws, n), position of each node's parent in the same row, -1 for a
        root. Nodes stand in breadth-first order.

    Raises:
        ValueError: the counts leave no root, or one is negative.
    """
    degree = np.asarray(child_counts, dtype=np.int64)
    size = len(degree)
    roots = size - int(degree.sum())
    if (degree < 0).any() or (size and roots < 1):
        msg = "child counts must be at least 0 and leave at least one root"
        raise ValueError(msg)
    if size == 0:
        return np.empty((draws, 0), dtype=np.int64)
    shuffled = degree[np.argsort(rng.random((draws, size)), axis=1)]
    walk = np.cumsum(shuffled - 1, axis=1)
    level = walk.min(axis=1) + rng.integers(0, roots, size=draws)
    start = np.argmax(walk == level[:, None], axis=1) + 1
    rotated = np.take_along_axis(
        shuffled, (start[:, None] + np.arange(size)) % size, axis=1
    )
    positions = np.broadcast_to(np.arange(size), (draws, size))
    children = np.repeat(positions.ravel(), rotated.ravel())
    return np.hstack(
        [
            np.full((draws, roots), -1, dtype=np.int64),
            children.reshape(draws, size - roots),
        ]
    )


def _forest_statistics(parents: IntArray) -> FloatArray:
    """Depth, breadth and structural virality of each row of parents.

    Args:
        parents: shape (draws, n), n at least 1.

    Returns:
        Shape (draws, 3), in the order of SHAPE_STATISTICS.
    """
    draws, size = parents.shape
    offset = np.arange(draws)[:, None] * size
    flat = np.where(parents < 0, -1, parents + offset).ravel()
    depths = node_depths(flat)
    sizes = subtree_sizes(flat, depths).reshape(draws, size).astype(float)
    deepest = depths.reshape(draws, size).max(axis=1)
    width = int(deepest.max()) + 1
    rows = np.repeat(np.arange(draws), size)
    breadth = np.bincount(rows * width + depths, minlength=draws * width)
    nodes = size + 1
    paths = 2 * (sizes * (nodes - sizes)).sum(axis=1)
    return np.column_stack(
        [
            deepest,
            breadth.reshape(draws, width).max(axis=1),
            paths / (nodes * (nodes - 1)),
        ]
    )


def shape_null(
    comments: pd.DataFrame, *, draws: int, seed: int, min_comments: int = 5
) -> pd.DataFrame:
    """Compare every reply tree with random trees of the same out-degrees.

    Args:
        comments: one row per comment: cascade_number, comment_number and
            parent_comment_number (missing for a first-level comment). A parent has to
            be in the same cascade.
        draws: random trees per cascade.
        seed: seed of the generator; each cascade has a stream of its own.
        min_comments: smaller cascades, and cascades in which nobody replied to a
            comment (whose shape the degrees fix), are left out.

    Returns:
        One row per cascade and statistic (depth: steps to the deepest comment; breadth:
        most comments at one depth; structural_virality), and one per statistic for the
        mean over the cascades, under cascade number MEAN_OF_CASCADES: the observed
        value, the null's mean, standard deviation and 2.5 and 97.5 % quantiles, z
        (missing when the null does not vary) and the one-sided p-value (observed or
        more; never 0).

    Raises:
        ValueError: a parent is not in the same cascade, or draws is below 1.
    """
    if draws < 1:
        msg = f"draws must be at least 1, got {draws}"
        raise ValueError(msg)
    trees = _trees(comments, min_comments)
    numbers: list[int] = []
    tables: list[FloatArray] = []
    # trees of one size are drawn together: few calls on long arrays
    for size in sorted({len(parent) for parent in trees.values()}):
        batch = max(1, _BLOCK_NODES // (size * (draws + 1)))
        held = [number for number, parent in trees.items() if len(parent) == size]
        for start in range(0, len(held), batch):
            part = held[start : start + batch]
            block = []
            for number in part:
                parent = trees[number]
                degree = np.bincount(parent[parent >= 0], minlength=size)
                rng = np.random.default_rng([seed, number])
                block.append(np.vstack([parent, random_forests(degree, draws, rng)]))
            rows = np.vstack(block)
            step = max(1, _BLOCK_NODES // size)
            statistics = np.concatenate(
                [
                    _forest_statistics(rows[first : first + step])
                    for first in range(0, len(rows), step)
                ]
            )
            numbers.extend(part)
            tables.append(statistics.reshape(len(part), draws + 1, -1))
    if not numbers:
        return _empty(_SHAPE_COLUMNS)
    values = np.concatenate(tables)
    # each cascade was drawn on its own, so a mean of draws is a draw of the mean
    numbers.append(MEAN_OF_CASCADES)
    values = np.concatenate([values, values.mean(axis=0, keepdims=True)])
    return _shape_table(np.array(numbers), values, draws)


def _trees(comments: pd.DataFrame, min_comments: int) -> dict[int, IntArray]:
    """Parents of every cascade that can be compared, by cascade_number.

    Returns:
        Shape (n,) each: position of each comment's parent, -1 for the note.

    Raises:
        ValueError: a parent is not in the same cascade.
    """
    ordered = comments.sort_values(["cascade_number", "comment_number"])
    cascade = ordered["cascade_number"].to_numpy(dtype=np.int64)
    position = pd.Index(ordered["comment_number"]).get_indexer(
        ordered["parent_comment_number"]
    )
    has_parent = ordered["parent_comment_number"].notna().to_numpy()
    if (has_parent & ((position < 0) | (cascade != cascade[position]))).any():
        msg = "a reply's parent is not in the same cascade"
        raise ValueError(msg)
    numbers, starts, sizes = np.unique(cascade, return_index=True, return_counts=True)
    trees = {}
    for number, start, size in zip(numbers, starts, sizes, strict=True):
        held = slice(start, start + size)
        if size >= min_comments and has_parent[held].any():
            trees[int(number)] = np.where(has_parent[held], position[held] - start, -1)
    return trees


def _shape_table(numbers: IntArray, values: FloatArray, draws: int) -> pd.DataFrame:
    """Summarise values of shape (cascades, 1 + draws, statistics), observed first."""
    observed, null = values[:, 0], values[:, 1:]
    mean = null.mean(axis=1)
    deviation = null.std(axis=1, ddof=1) if draws > 1 else np.zeros_like(mean)
    low, high = np.quantile(null, [0.025, 0.975], axis=1)
    is_varied = deviation > 1e-12
    z = (observed - mean) / np.where(is_varied, deviation, 1)
    above = (null >= observed[:, None] - 1e-12).sum(axis=1)
    table = _typed(
        {
            "cascade_number": np.repeat(numbers, len(SHAPE_STATISTICS)),
            "statistic": np.tile(SHAPE_STATISTICS, len(numbers)),
            "observed": observed.ravel(),
            "null_mean": mean.ravel(),
            "null_sd": deviation.ravel(),
            "null_low": low.ravel(),
            "null_high": high.ravel(),
            "z_score": np.where(is_varied, z, np.nan).ravel(),
            "p_value": ((above + 1) / (draws + 1)).ravel(),
            "draw_count": draws,
        },
        _SHAPE_COLUMNS,
    )
    return table.sort_values(["cascade_number", "statistic"], ignore_index=True)


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
        """Standardise sums of square roots, 0 where untested.

        The square root steadies the variance of counts (Bartlett, 1936); without it
        one very popular comment decides the highest score of every shuffle.
        """
        spread = np.where(self.is_tested, self.root_deviation, 1.0)
        return np.where(self.is_tested, (root_totals - self.root_expected) / spread, 0)

    def draw(self, rng: np.random.Generator) -> FloatArray:
        """Return one shuffled sum of square roots per actor, shape (actors,)."""
        order = np.argsort(self.stratum + rng.random(len(self.root)))
        return self.totals(self.root[order])


def influence_null(
    actions: pd.DataFrame, *, draws: int, seed: int, min_actions: int = 5
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

    Returns:
        One row per user: actions, cascades, drawn_count, its exact expectation and
        standard deviation under the null, z and the one-sided p-value of the sum of
        square roots of what each action drew (steadier than the sum: one very popular
        comment does not decide it), the p-value adjusted for the number of people
        tested (Westfall and Young, 1993, single-step maxT), and the rank by drawn_count
        (1 is highest, ties share the best rank) with its 95 % percentile interval.
        Untested users have missing z and p-values.
    """
    if actions.empty:
        return _empty(_INFLUENCE_COLUMNS)
    shuffle = _Shuffle(actions, min_actions)
    rng = np.random.default_rng([seed, 1])
    z_observed = shuffle.z_scores(shuffle.totals(shuffle.root))
    tested = shuffle.is_tested
    above = np.zeros(len(shuffle.users), dtype=np.int64)
    above_max = np.zeros(len(shuffle.users), dtype=np.int64)
    for _ in range(draws if tested.any() else 0):
        z = shuffle.z_scores(shuffle.draw(rng))
        above += z >= z_observed - 1e-9
        above_max += z[tested].max() >= z_observed - 1e-9
    low, high = _rank_interval(shuffle, draws, np.random.default_rng([seed, 2]))
    pairs = np.unique(
        np.column_stack([shuffle.actor, shuffle.cascade]), axis=0, return_counts=False
    )
    missing = np.where(tested, 0.0, np.nan)
    return _typed(
        {
            "user_number": shuffle.users,
            "action_count": shuffle.action_count,
            "cascade_count": np.bincount(pairs[:, 0]),
            "drawn_count": shuffle.observed.round(),
            "expected_count": shuffle.expected,
            "null_sd": shuffle.deviation,
            "z_score": z_observed + missing,
            "p_value": (above + 1) / (draws + 1) + missing,
            "p_value_adjusted": (above_max + 1) / (draws + 1) + missing,
            "is_tested": tested,
            "influence_rank": _ranks(shuffle.observed),
            "influence_rank_low": low,
            "influence_rank_high": high,
            "draw_count": draws,
        },
        _INFLUENCE_COLUMNS,
    )


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
    for draw in range(draws):
        weight = rng.multinomial(cascades, share)
        ranks[draw] = _ranks(shuffle.totals(shuffle.drawn * weight[shuffle.cascade]))
    low, high = np.quantile(ranks, [0.025, 0.975], axis=0, method="closest_observation")
    rank = _ranks(shuffle.observed)
    return np.minimum(low, rank).astype(np.int64), np.maximum(high, rank).astype(
        np.int64
    )


def dispersion_draws(
    actions: pd.DataFrame, *, draws: int, seed: int, min_actions: int = 5
) -> pd.DataFrame:
    """Test whether some people draw more than others beyond chance.

    The statistic is the mean squared z-score of the people tested by influence_null:
    about 1 when nobody differs.

    Args:
        actions: as in influence_null.
        draws: number of shuffles.
        seed: seed of the generator.
        min_actions: as in influence_null.

    Returns:
        One row per draw: draw (0 is the observed value), statistic and the number of
        people in it. Empty when nobody can be tested.
    """
    if actions.empty:
        return _empty(_DISPERSION_COLUMNS)
    shuffle = _Shuffle(actions, min_actions)
    tested = shuffle.is_tested
    if not tested.any():
        return _empty(_DISPERSION_COLUMNS)
    rng = np.random.default_rng([seed, 1])
    totals = [shuffle.totals(shuffle.root), *(shuffle.draw(rng) for _ in range(draws))]
    return _typed(
        {
            "draw": np.arange(draws + 1),
            "statistic": [
                float((shuffle.z_scores(total)[tested] ** 2).mean()) for total in totals
            ],
            "actor_count": int(tested.sum()),
        },
        _DISPERSION_COLUMNS,
    )


def influence_by_role(
    actions: pd.DataFrame, *, draws: int, seed: int, min_actions: int = 5
) -> pd.DataFrame:
    """Run influence_null for each role on its own.

    Args:
        actions: as in influence_null, with influence_role in front.
        draws: as in influence_null.
        seed: as in influence_null.
        min_actions: as in influence_null.

    Returns:
        The rows of influence_null with influence_role in front.
    """
    return _by_role(actions, influence_null, draws, seed, min_actions)


def dispersion_by_role(
    actions: pd.DataFrame, *, draws: int, seed: int, min_actions: int = 5
) -> pd.DataFrame:
    """Run dispersion_draws for each role on its own.

    Args:
        actions: as in dispersion_draws, with influence_role in front.
        draws: as in dispersion_draws.
        seed: as in dispersion_draws.
        min_actions: as in dispersion_draws.

    Returns:
        The rows of dispersion_draws with influence_role in front.
    """
    return _by_role(actions, dispersion_draws, draws, seed, min_actions)


def _by_role(
    actions: pd.DataFrame,
    method: Callable[..., pd.DataFrame],
    draws: int,
    seed: int,
    min_actions: int,
) -> pd.DataFrame:
    """Stack a method's results for the roles in alphabetical order."""
    # the empty selection gives the columns when there is no role at all
    blocks = [method(actions.iloc[:0], draws=draws, seed=seed)]
    for _, held in actions.groupby("influence_role", sort=True):
        blocks.append(method(held, draws=draws, seed=seed, min_actions=min_actions))
    roles = [str(role) for role in sorted(actions["influence_role"].unique())]
    stacked = pd.concat(blocks, keys=["", *roles], names=["influence_role"])
    table = stacked.reset_index(level=0).reset_index(drop=True)
    return table.astype({"influence_role": "string"})


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
        """Deal each person's places to that person's notes anew."""
        order = np.argsort(self.author + rng.random(len(self.posts)))
        return self.place[order]

    def adoptions(
        self, place: IntArray
    ) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
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
    of information diffusion across topics). The null deals the times of each person's
    notes to that person's notes anew: the shuffle test of Anagnostopoulos, Kumar and
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
        return _empty(_ADOPTION_COLUMNS)
    rng = np.random.default_rng([seed, 3])
    size = max_exposures + 1
    dose = np.minimum(occasions.exposures, max_exposures)
    counts = np.zeros((2, draws + 1, size), dtype=np.int64)
    for draw in range(draws + 1):
        place = occasions.shuffled_places(rng) if draw else occasions.place
        for column, held in enumerate(occasions.adoptions(place)):
            counts[column, draw] = np.bincount(dose[held], minlength=size)
    return _typed(
        {
            "exposure_count": np.tile(np.arange(size), draws + 1),
            "draw": np.repeat(np.arange(draws + 1), size),
            "occasion_count": counts[0].ravel(),
            "adoption_count": counts[1].ravel(),
        },
        _ADOPTION_COLUMNS,
    )


def adoption_null(
    actions: pd.DataFrame,
    encounters: pd.DataFrame,
    *,
    draws: int,
    seed: int,
    min_occasions: int = 30,
) -> pd.DataFrame:
    """Test hashtag by hashtag whether people adopt it right after meeting it.

    Args:
        actions: as in adoption_draws.
        encounters: as in adoption_draws.
        draws: as in adoption_draws.
        seed: as in adoption_draws.
        min_occasions: hashtags with fewer occasions are counted but not tested.

    Returns:
        One row per hashtag that somebody met before a note of their own: occasions with
        an exposure since the previous note, adoptions on them, their mean and standard
        deviation under the null, z, the one-sided p-value and the p-value adjusted for
        the number of hashtags tested (single-step maxT). Untested hashtags have missing
        z and p-values.

    Raises:
        ValueError: an encounter names an action that is not in actions.
    """
    occasions = _occasions(actions, encounters)
    if occasions is None:
        return _empty(_HASHTAG_COLUMNS)
    rng = np.random.default_rng([seed, 3])
    size = len(occasions.hashtags)
    is_exposed = occasions.exposures > 0
    adoptions = np.zeros((draws + 1, size), dtype=np.int64)
    at_risk = np.zeros(size, dtype=np.int64)
    for draw in range(draws + 1):
        place = occasions.shuffled_places(rng) if draw else occasions.place
        is_open, is_use = occasions.adoptions(place)
        taken = occasions.hashtag[is_use & is_exposed]
        adoptions[draw] = np.bincount(taken, minlength=size)
        if not draw:
            at_risk = np.bincount(
                occasions.hashtag[is_open & is_exposed], minlength=size
            )
    mean = adoptions[1:].mean(axis=0)
    deviation = adoptions[1:].std(axis=0, ddof=1)
    tested = (at_risk >= min_occasions) & (deviation > 0)
    z = np.where(tested, (adoptions - mean) / np.where(tested, deviation, 1), -np.inf)
    highest = z[1:].max(axis=1)
    above = (adoptions[1:] >= adoptions[0]).sum(axis=0)
    above_highest = (highest[:, None] >= z[0] - 1e-9).sum(axis=0)
    missing = np.where(tested, 0.0, np.nan)
    table = _typed(
        {
            "hashtag_number": occasions.hashtags,
            "occasion_count": at_risk,
            "adoption_count": adoptions[0],
            "expected_count": mean,
            "null_sd": deviation,
            "z_score": np.where(tested, z[0], np.nan),
            "p_value": (above + 1) / (draws + 1) + missing,
            "p_value_adjusted": (above_highest + 1) / (draws + 1) + missing,
            "is_tested": tested,
            "draw_count": draws,
        },
        _HASHTAG_COLUMNS,
    )
    return table[table["occasion_count"] > 0].reset_index(drop=True)
