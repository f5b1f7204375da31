"""How well probabilities rank users and how far they can be trusted, with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from refugee_adaptation.retention.models import OutOfFold


@dataclass(frozen=True)
class Estimate:
    """A number with its interval."""

    value: float
    low: float
    high: float


def _placements(
    positive: np.ndarray, negative: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Share of the other outcome ranked below (positives) or above (negatives)."""
    sorted_negative, sorted_positive = np.sort(negative), np.sort(positive)

    def below(values: np.ndarray, others: np.ndarray) -> np.ndarray:
        left = np.searchsorted(others, values, side="left")
        right = np.searchsorted(others, values, side="right")
        return np.asarray((left + right) / 2 / len(others))

    return below(positive, sorted_negative), 1 - below(negative, sorted_positive)


def auc_interval(
    outcome: np.ndarray, predictions: OutOfFold, confidence: float = 0.95
) -> Estimate:
    """ROC-AUC of cross-validated predictions with its interval.

    A held-out user is only ranked against held-out users of the same fold, because
    each fold has its own model; ranks are averaged over the repeats. The variance is
    that of the users' mean placements (DeLong's, which for a single fold this is), so
    it counts every user once however often the folds are split. The interval is
    symmetric on the log-odds scale and stays within 0 and 1.

    Args:
        outcome: Shape (users,), boolean.
        predictions: From :func:`cross_validate`.
        confidence: Level of the interval.

    Returns:
        The ROC-AUC (0.5 = chance) and its interval.

    Raises:
        ValueError: If an outcome is absent from a fold.

    Source: DeLong et al. (1988), doi:10.2307/2531595; LeDell, Petersen and van der
        Laan (2015), doi:10.1214/15-EJS1035.
    """
    from scipy.stats import norm

    placement = np.zeros(len(outcome))
    repeats = predictions.probability.shape[1]
    for repeat in range(repeats):
        for number in np.unique(predictions.fold[:, repeat]):
            held = predictions.fold[:, repeat] == number
            positive, negative = held & outcome, held & ~outcome
            if not positive.any() or not negative.any():
                message = "every fold needs users of both outcomes"
                raise ValueError(message)
            above, under = _placements(
                predictions.probability[positive, repeat],
                predictions.probability[negative, repeat],
            )
            placement[positive] += above / repeats
            placement[negative] += under / repeats
    first, second = placement[outcome], placement[~outcome]
    # folds differ by a user or two: the mean over positives and the mean over
    # negatives are the same number up to that rounding
    value = float((first.mean() + second.mean()) / 2)
    variance = first.var(ddof=1) / len(first) + second.var(ddof=1) / len(second)
    inside = value
    if value in (0.0, 1.0):
        # a perfect ranking has no variance: half a user is taken to be misplaced
        smallest = min(len(first), len(second))
        inside = float(np.clip(value, 0.5 / smallest, 1 - 0.5 / smallest))
        variance = inside * (1 - inside) / smallest
    logit = np.log(inside / (1 - inside))
    reach = norm.ppf((1 + confidence) / 2) * np.sqrt(variance) / (inside * (1 - inside))
    low, high = 1 / (1 + np.exp(-(logit + np.array([-reach, reach]))))
    return Estimate(value, min(float(low), value), max(float(high), value))


def average_precision_interval(
    outcome: np.ndarray, score: np.ndarray, confidence: float = 0.95
) -> Estimate:
    """PR-AUC (average precision) with an interval that is symmetric in its log-odds.

    A bootstrap across users covers too rarely: a positive that is drawn twice holds two
    ranks, which flatters the precision.

    Args:
        outcome: Shape (users,), boolean.
        score: Shape (users,), higher = more likely.
        confidence: Level of the interval.

    Returns:
        Average precision and its interval, both at the base rate of these users, which
        is what chance gives.

    Raises:
        ValueError: If an outcome is absent.

    Source: Davis and Goadrich (2006); Boyd, Eng and Page (2013), Area under the
        precision-recall curve: point estimates and confidence intervals,
        doi:10.1007/978-3-642-40994-3_29 (logit interval).
    """
    if not outcome.any() or outcome.all():
        message = "average precision needs users of both outcomes"
        raise ValueError(message)

    from scipy.stats import norm
    from sklearn.metrics import average_precision_score

    value = float(average_precision_score(outcome, score))
    positives = int(outcome.sum())
    # a perfect ranking has no variance: half a user is taken to be misplaced
    inside = min(value, 1 - 0.5 / positives)
    reach = norm.ppf((1 + confidence) / 2) / np.sqrt(positives * inside * (1 - inside))
    logit = np.log(inside / (1 - inside))
    low, high = 1 / (1 + np.exp(-(logit + np.array([-reach, reach]))))
    return Estimate(value, min(float(low), value), max(float(high), value))


@dataclass(frozen=True)
class Calibration:
    """How far predicted probabilities can be taken at their word.

    Attributes:
        slope: 1 = right spread; below 1 = predictions too extreme.
        intercept: 0 = right level on average.
        brier: Mean squared error of the probability (0 = perfect).
        brier_base: Brier score of the base rate as everybody's probability.
    """

    slope: float
    intercept: float
    brier: float
    brier_base: float


def log_odds_of(probability: np.ndarray) -> np.ndarray:
    """Natural log-odds of probabilities, kept within 1e-6 of 0 and 1."""
    inside = np.clip(probability, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(inside / (1 - inside)))


def recalibration(outcome: np.ndarray, log_odds: np.ndarray) -> tuple[float, float]:
    """Slope and intercept of the outcome on predicted log-odds, unpenalised.

    Args:
        outcome: Shape (users,), boolean, both outcomes present.
        log_odds: Shape (users,).

    Returns:
        Slope (0 where the predictions do not vary) and intercept.
    """
    if log_odds.std() < 1e-9:
        base = outcome.mean()
        return 0.0, float(np.log(base / (1 - base)))

    from sklearn.linear_model import LogisticRegression

    fit = LogisticRegression(C=np.inf, max_iter=500).fit(log_odds[:, None], outcome)
    return float(fit.coef_[0, 0]), float(fit.intercept_[0])


def calibration(outcome: np.ndarray, probability: np.ndarray) -> Calibration:
    """Calibration slope and intercept, and the Brier score.

    Args:
        outcome: Shape (users,), boolean, both outcomes present.
        probability: Shape (users,), out of fold.

    Returns:
        See :class:`Calibration`.

    Source: Cox (1958); Van Calster et al. (2019), doi:10.1186/s12916-019-1466-7;
        Brier (1950).
    """
    slope, intercept = recalibration(outcome, log_odds_of(probability))
    base = float(outcome.mean())
    return Calibration(
        slope=slope,
        intercept=intercept,
        brier=float(np.mean((probability - outcome) ** 2)),
        brier_base=base * (1 - base),
    )
