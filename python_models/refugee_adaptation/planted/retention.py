"""Planted retention: known curves, a known pool and a known ROC-AUC.

Every experiment returns numbers to be held against a target; no crawl is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from refugee_adaptation.retention.curves import kaplan_meier_curves
from refugee_adaptation.retention.estimates import auc_interval
from refugee_adaptation.retention.identifiability import weigh_evidence
from refugee_adaptation.retention.lifetimes import count_lifetimes
from refugee_adaptation.retention.models import cross_validate, make_model
from refugee_adaptation.shared.inference import ranked_auc

DENSE = pd.DataFrame(
    {
        "commenter_count": [100],
        "posting_commenter_share": [1.0],
        "free_day_count": [40],
        "daily_dispersion": [1.0],
    }
)
"""What a crawl that leaves nobody out shows, as ``int_retention__density``."""


@dataclass(frozen=True)
class PlantedUsers:
    """Users whose outcome follows a known logistic model.

    Attributes:
        features: Shape (users, columns), standard normal.
        outcome: Shape (users,), boolean.
        oracle: Shape (users,); the true log-odds.
    """

    features: np.ndarray
    outcome: np.ndarray
    oracle: np.ndarray


def planted_users(
    users: int,
    *,
    base_rate: float = 0.15,
    spread: float = 0.82,
    columns: int = 8,
    seed: int = 0,
) -> PlantedUsers:
    """Draw users with a known chance of being retained.

    Args:
        users: How many.
        base_rate: Expected share of positives.
        spread: Standard deviation of the true log-odds; 0.82 gives an oracle ROC-AUC of
            about .71 at a base rate of 15 %, 0 gives one of .50.
        columns: Features, the first half of which carry the signal equally.
        seed: Seed of the draw.

    Returns:
        Features, outcomes and the true log-odds.
    """
    from scipy.optimize import brentq
    from scipy.special import expit

    generator = np.random.default_rng(seed)
    features = generator.normal(size=(users, columns))
    carrying = max(columns // 2, 1)
    weights = np.zeros(columns)
    weights[:carrying] = spread / np.sqrt(carrying)
    nodes, mass = np.polynomial.hermite_e.hermegauss(61)
    mass = mass / mass.sum()

    def excess(intercept: float) -> float:
        return float(mass @ expit(intercept + spread * nodes)) - base_rate

    oracle = brentq(excess, -20, 20) + features @ weights
    outcome = generator.random(users) < expit(oracle)
    return PlantedUsers(features, outcome, oracle)


def true_auc(score: np.ndarray, outcome: np.ndarray) -> float:
    """ROC-AUC of a fixed score.

    Args:
        score: Shape (users,).
        outcome: Shape (users,), boolean.

    Returns:
        The ROC-AUC, from 0 to 1.
    """
    return float(ranked_auc(score[:, None], outcome)[0])


def expected_auc(score: np.ndarray, log_odds: np.ndarray) -> float:
    """ROC-AUC of a score, averaged over all outcomes that the log-odds could give.

    Drawing one outcome per user instead would shift the truth of every sample alike.

    Args:
        score: Shape (users,), without ties.
        log_odds: Shape (users,); the true ones.

    Returns:
        The ROC-AUC, from 0 to 1.
    """
    from scipy.special import expit

    chance = expit(log_odds[np.argsort(score)])
    missing = 1 - chance
    below = np.cumsum(missing) - missing
    pairs = chance.sum() * missing.sum() - chance @ missing
    return float(chance @ below / pairs)


def auc_recovery(
    seeds: Iterable[int],
    *,
    users: int = 2000,
    base_rate: float = 0.15,
    spread: float = 0.82,
    folds: int = 5,
    repeats: int = 1,
    population: int = 100_000,
    world_seed: int = 0,
) -> pd.DataFrame:
    """Cross-validate planted samples and hold the result against the truth.

    Args:
        seeds: One per independent sample.
        users: Users of each.
        base_rate: Share of positives.
        spread: Standard deviation of the true log-odds.
        folds: Folds of the cross-validation.
        repeats: Times the users are split into folds.
        population: Users of the fresh population on which the truth is measured.
        world_seed: Seed of the population.

    Returns:
        One row per sample: auc, low, high (cross-validated), oracle_auc (the true
        log-odds on the population: what no model can beat) and model_auc (the default
        model fitted on the whole sample, on the population: what the user would get).
    """
    world = planted_users(
        population, base_rate=base_rate, spread=spread, seed=world_seed
    )
    oracle = expected_auc(world.oracle, world.oracle) if spread else 0.5
    rows: list[dict[str, float]] = []
    for seed in seeds:
        drawn = planted_users(users, base_rate=base_rate, spread=spread, seed=seed)
        held = cross_validate(
            drawn.features, drawn.outcome, folds=folds, repeats=repeats, seed=seed
        )
        estimate = auc_interval(drawn.outcome, held)
        model = make_model("logistic", seed).fit(drawn.features, drawn.outcome)
        score = model.predict_proba(world.features)[:, 1]
        rows.append(
            {
                "auc": estimate.value,
                "low": estimate.low,
                "high": estimate.high,
                "oracle_auc": oracle,
                "model_auc": expected_auc(score, world.oracle),
            }
        )
    return pd.DataFrame(rows)


def shuffled_users(users: int, seed: int) -> PlantedUsers:
    """Draw users whose outcomes are permuted: nothing can be predicted.

    Args:
        users: How many.
        seed: Seed of the draw.

    Returns:
        Features and outcomes; the true log-odds are the same for everybody.
    """
    drawn = planted_users(users, seed=seed)
    outcome = np.random.default_rng([seed, 402]).permutation(drawn.outcome)
    return PlantedUsers(drawn.features, outcome, np.zeros(users))


@dataclass(frozen=True)
class FollowUp:
    """What the follow-up's way of scoring says about noise.

    Attributes:
        majority_accuracy: Accuracy of always answering "lost".
        accuracy: Accuracy of the model over all users.
        auc_all_users: ROC-AUC over all users, four fifths of them seen in training.
        auc_held_out: ROC-AUC over the users that were held out by cross-validation.
        positives_found: Retained users whom the model calls retained.
    """

    majority_accuracy: float
    accuracy: float
    auc_all_users: float
    auc_held_out: float
    positives_found: int


def follow_up_scores(
    features: np.ndarray, outcome: np.ndarray, generator: np.random.Generator
) -> np.ndarray:
    """Predict all users by a model fitted on four fifths of them, as the follow-up did.

    A logistic model stands in for the neural network: with more columns than
    positives either can learn them by heart.

    Args:
        features: Shape (users, columns).
        outcome: Shape (users,), boolean.
        generator: Source of the split.

    Returns:
        Shape (users,); the predicted probabilities.
    """
    from sklearn.linear_model import LogisticRegression

    users = len(outcome)
    train = np.ones(users, dtype=bool)
    train[generator.choice(users, users // 5, replace=False)] = False
    model = LogisticRegression(C=1e-4, max_iter=200)
    model.fit(features[train], outcome[train])
    return np.asarray(model.predict_proba(features)[:, 1])


def follow_up_in_kind(
    *, users: int = 3249, positives: int = 20, columns: int = 772, seed: int = 0
) -> FollowUp:
    """Score a large model on pure noise the way the follow-up study did.

    As many users, retained users and columns; the columns and the retained users are
    drawn at random, so nothing can be predicted.

    Args:
        users: January users of the follow-up.
        positives: Retained users.
        columns: Its 4 sums of counts and 768 numbers of a text model.
        seed: Seed of the noise.

    Returns:
        The figures; see :class:`FollowUp`.
    """
    generator = np.random.default_rng(seed)
    noise = generator.normal(size=(users, columns))
    outcome = np.zeros(users, dtype=bool)
    outcome[generator.choice(users, positives, replace=False)] = True
    score = follow_up_scores(noise, outcome, generator)
    held = cross_validate(noise, outcome, folds=5, repeats=1, seed=seed)
    return FollowUp(
        majority_accuracy=1 - positives / users,
        accuracy=float(np.mean((score >= 0.5) == outcome)),
        auc_all_users=true_auc(score, outcome),
        auc_held_out=auc_interval(outcome, held).value,
        positives_found=int(((score >= 0.5) & outcome).sum()),
    )


def planted_crawl(
    *,
    users: int = 600,
    half_life_days: float = 8.0,
    posts_per_day: float = 1.0,
    days: int = 45,
    seen_share: float = 1.0,
    silence_days: int = 14,
    seed: int = 0,
) -> pd.DataFrame:
    """A community with exponential lifetimes, wholly or partly crawled.

    Args:
        users: People who arrive during the first three days.
        half_life_days: Half of them have left after so many days.
        posts_per_day: Rate at which a present user posts.
        days: Length of the crawl.
        seen_share: Share of the posts that the crawl holds, drawn at random.
        silence_days: Observable silence that makes the last activity a departure.
        seed: Seed of everything.

    Returns:
        The crawl as ``int_retention__followup`` would give it, outcome still_active,
        with true_days, the planted lifetime from the first observed post.
    """
    generator = np.random.default_rng(seed)
    scale = half_life_days / np.log(2)
    rows: list[dict[str, object]] = []
    for user in range(users):
        arrived = generator.uniform(0, 3)
        life = generator.exponential(scale)
        gaps = generator.exponential(1 / posts_per_day, 400)
        moments = arrived + np.concatenate([[0], np.cumsum(gaps)])
        moments = moments[(moments <= arrived + life) & (moments <= days)]
        moments = moments[generator.random(len(moments)) < seen_share]
        if not len(moments):
            continue
        end = days - silence_days
        if moments[0] > end:
            continue
        rows.append(
            {
                "user_id": f"user {user}",
                "outcome": "still_active",
                "duration_days": min(moments[-1], end) - moments[0],
                "is_event": bool(moments[-1] <= end),
                "observation_count": len(moments),
                "gap_count": len(moments) - 1,
                "seen_span_days": moments[-1] - moments[0],
                "is_in_first_wave": bool((moments < 3).any()),
                "is_in_later_wave": bool((moments > 15).any()),
                "declared_comment_count": 0,
                "covered_comment_count": 0,
                "true_days": arrived + life - moments[0],
            }
        )
    return pd.DataFrame(rows)


def read_crawl(crawl: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Weigh the evidence and estimate the curve of a planted crawl.

    Whoever comments in it posts, and its days are not cut off.

    Args:
        crawl: From :func:`planted_crawl`.

    Returns:
        The evidence row and the curve of the one group of all users.
    """
    groups = pd.DataFrame(
        {"user_id": crawl["user_id"], "grouping": "all", "group_name": "all"}
    )
    evidence = weigh_evidence(crawl, groups, DENSE)
    return (
        evidence[evidence["outcome"] == "still_active"],
        kaplan_meier_curves(count_lifetimes(crawl, groups)),
    )
