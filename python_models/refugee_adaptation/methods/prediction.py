"""Supervised retention: what can be known early, and how well it ranks users.

Three things are kept apart that are easily mixed up: what is known at the time of the
prediction (:data:`REGISTRY`), how well a model ranks users it has never seen
(:func:`score_predictions`), and what a single user may be told
(:func:`predict_risk`). Estimators are scikit-learn's (Pedregosa et al. 2011).
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MIN_POSITIVES = 30
"""Below this many users of either outcome no ROC-AUC is estimated."""

MOMENTS = ("first_post", "first_day")
"""The moments at which a feature may become known, in order of time."""

REFUSED = {
    "crawl": "hindsight: a count as it stood when the crawl ran",
    "later_posts": "hindsight: a sum over posts written after the prediction",
    "crawl_format": "a trait of the crawl's format, not of the user",
    "crawl_schedule": "follows when the crawl looked, and how long it could see on",
    "label": "the outcome itself, or a part of it",
}
"""Values of ``known_at`` that no prediction may use, with the reason."""


class LeakageError(ValueError):
    """A feature was asked for that is not known at the time of the prediction."""


@dataclass(frozen=True)
class Feature:
    """One column that a model could be given.

    Attributes:
        name: The column of ``int_retention__features``.
        known_at: One of :data:`MOMENTS`, or a key of :data:`REFUSED`.
        description: What it measures, with its unit.
    """

    name: str
    known_at: str
    description: str


REGISTRY: tuple[Feature, ...] = (
    Feature("log_account_age_days", "first_post", "log(1 + days since registration)"),
    Feature("is_video", "first_post", "the first post is a video"),
    Feature("log_text_length", "first_post", "log(1 + characters of its own words)"),
    Feature("log_hashtag_count", "first_post", "log(1 + hashtags of the first post)"),
    Feature("log_emoji_count", "first_post", "log(1 + emoji in the first post)"),
    Feature("han_share", "first_post", "share of Han letters in its own words"),
    Feature("first_day_log_post_count", "first_day", "log(1 + posts, first 24 hours)"),
    Feature(
        "first_day_log_written_count",
        "first_day",
        "log(1 + comments the user wrote in the first 24 hours)",
    ),
    Feature(
        "first_day_log_received_count",
        "first_day",
        "log(1 + comments others wrote under the user's posts, first 24 hours)",
    ),
    Feature(
        "first_day_log_partner_count",
        "first_day",
        "log(1 + distinct people met in comments in the first 24 hours)",
    ),
    Feature("log_like_count", "crawl", "likes of the first post"),
    Feature("log_collect_count", "crawl", "collects of the first post"),
    Feature("log_comment_count", "crawl", "declared comments of the first post"),
    Feature("log_share_count", "crawl", "shares of the first post"),
    Feature("total_like_count", "later_posts", "likes summed over all posts"),
    Feature("post_count", "later_posts", "posts in the whole crawl"),
    Feature("post_hour", "crawl_schedule", "platform hour of the first post"),
    Feature("post_date", "crawl_schedule", "platform day of the first post"),
    Feature("followed_days", "crawl_schedule", "days until the crawl stops looking"),
    Feature("is_title_missing", "crawl_format", "the crawl has no title"),
    Feature("is_body_missing", "crawl_format", "the crawl has no body"),
    Feature("has_topic_marker", "crawl_format", "hashtags carry the topic marker"),
    Feature("is_count_banded", "crawl_format", "a count is written as a band"),
    Feature("crawl_format", "crawl_format", "which crawler wrote the file"),
    Feature("source_file", "crawl_format", "which file the post came from"),
    Feature("is_retained", "label", "active again long after the first post"),
    Feature("is_repeat_poster", "label", "a second post was observed"),
)
"""Every column a model could be given, with the moment at which it is known."""

FORMAT_BITS = (
    "is_title_missing",
    "is_body_missing",
    "has_topic_marker",
    "is_count_banded",
)
"""The columns behind the crawl-format-only baseline."""


@dataclass(frozen=True)
class Label:
    """An outcome to predict.

    Attributes:
        name: Name of the label in the results.
        column: Boolean column of ``int_retention__features``; null = not observable.
        moment: One of :data:`MOMENTS`: when the prediction is made.
        meaning: What a positive user did, as the end of a sentence.
        needs: The outcome of ``survival_evidence`` that must be identifiable for all
            users, else the label is mostly who was missed; None where the label is what
            is seen and no more.
    """

    name: str
    column: str
    moment: str
    meaning: str
    needs: str | None = None


LABELS = (
    Label(
        "retained",
        "is_retained",
        "first_day",
        "are active again",
        needs="second_activity",
    ),
    Label("repeat_post", "is_repeat_poster", "first_post", "are seen posting again"),
)
"""The outcomes that are predicted."""


def known_features(
    moment: str,
    names: Iterable[str] | None = None,
    registry: Sequence[Feature] = REGISTRY,
) -> list[str]:
    """Names of the features that are known at a moment.

    Args:
        moment: One of :data:`MOMENTS`.
        names: Columns asked for; all that are known when left out.
        registry: The features that exist.

    Returns:
        The names in registry order.

    Raises:
        LeakageError: If a column asked for is unregistered, becomes known later, or is
            hindsight, a sum over later posts, a crawl-format bit or the label.
        ValueError: If the moment is not one of :data:`MOMENTS`.

    Source: Kaufman et al. (2012), Leakage in data mining, doi:10.1145/2382577.2382579.
    """
    if moment not in MOMENTS:
        message = f"unknown moment {moment!r}; expected one of {', '.join(MOMENTS)}"
        raise ValueError(message)
    usable = MOMENTS[: MOMENTS.index(moment) + 1]
    by_name = {feature.name: feature for feature in registry}
    if names is None:
        return [feature.name for feature in registry if feature.known_at in usable]
    wanted = set(names)
    for name in sorted(wanted):
        if name not in by_name:
            message = f"{name}: not registered, so nobody vouches for when it is known"
            raise LeakageError(message)
        known_at = by_name[name].known_at
        if known_at not in usable:
            reason = REFUSED.get(known_at, f"known only at {known_at}")
            message = f"{name}: {reason}; the prediction is made at {moment}"
            raise LeakageError(message)
    return [feature.name for feature in registry if feature.name in wanted]


# --- models -------------------------------------------------------------------------


def make_model(kind: str, seed: int) -> Any:
    """Build an unfitted classifier.

    Args:
        kind: ``logistic`` (medians for missing values, standardised, ridge penalty) or
            ``gradient_boosting`` (60 histogram trees of 4 leaves).
        seed: Seed of the boosting's own draws.

    Returns:
        A scikit-learn pipeline with fit and predict_proba.

    Raises:
        ValueError: If the kind is unknown.
    """
    if kind == "logistic":
        from sklearn.impute import SimpleImputer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        return make_pipeline(
            SimpleImputer(strategy="median", keep_empty_features=True),
            StandardScaler(),
            # penalty: a log-odds of 0.32 per standard deviation is a usual effect
            LogisticRegression(C=0.1, max_iter=500),
        )
    if kind == "gradient_boosting":
        from sklearn.ensemble import HistGradientBoostingClassifier

        return HistGradientBoostingClassifier(
            max_iter=60,
            learning_rate=0.08,
            max_leaf_nodes=4,
            min_samples_leaf=20,
            l2_regularization=1.0,
            early_stopping=False,
            random_state=seed,
        )
    message = f"unknown model {kind!r}; expected logistic or gradient_boosting"
    raise ValueError(message)


@contextmanager
def _one_thread() -> Iterator[None]:
    """The same sums in the same order on any machine, without repeated checks."""
    from sklearn import config_context
    from threadpoolctl import threadpool_limits

    with (
        threadpool_limits(limits=1),
        config_context(skip_parameter_validation=True, assume_finite=True),
    ):
        yield


@dataclass(frozen=True)
class OutOfFold:
    """Predictions for users a model was not fitted on.

    Attributes:
        probability: Shape (users, repeats); predicted probability of the outcome.
        fold: Shape (users, repeats); the fold in which a user was held out.
    """

    probability: np.ndarray
    fold: np.ndarray


def cross_validate(
    features: np.ndarray,
    outcome: np.ndarray,
    *,
    kind: str = "logistic",
    folds: int = 5,
    repeats: int = 5,
    seed: int = 0,
) -> OutOfFold:
    """Repeated stratified cross-validation.

    Everything that is learnt from data (medians, scaling, coefficients) is learnt
    inside the training folds.

    Args:
        features: Shape (users, columns), NaN = missing.
        outcome: Shape (users,), boolean.
        kind: See :func:`make_model`.
        folds: Number of folds; at most the number of users of the rarer outcome.
        repeats: Number of times the users are dealt into folds anew.
        seed: Seed of the dealing.

    Returns:
        One out-of-fold probability per user and repeat.

    Raises:
        ValueError: If either outcome has fewer users than folds.

    Source: Kohavi (1995); Kim (2009), doi:10.1016/j.csda.2009.04.009.
    """
    from sklearn.model_selection import StratifiedKFold

    rarer = int(min(outcome.sum(), (~outcome).sum()))
    if rarer < folds:
        message = f"{rarer} users of the rarer outcome do not fill {folds} folds"
        raise ValueError(message)
    probability = np.empty((len(outcome), repeats))
    fold = np.empty((len(outcome), repeats), dtype=np.int32)
    with _one_thread():
        for repeat in range(repeats):
            dealer = StratifiedKFold(folds, shuffle=True, random_state=seed + repeat)
            for number, (train, test) in enumerate(dealer.split(features, outcome)):
                model = make_model(kind, seed).fit(features[train], outcome[train])
                probability[test, repeat] = model.predict_proba(features[test])[:, 1]
                fold[test, repeat] = number
    return OutOfFold(probability, fold)


# --- estimates ----------------------------------------------------------------------


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
    it counts every user once however often the folds are dealt. The interval is
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
        brier_base: Brier score of telling everyone the base rate.
    """

    slope: float
    intercept: float
    brier: float
    brier_base: float


def _log_odds(probability: np.ndarray) -> np.ndarray:
    inside = np.clip(probability, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(inside / (1 - inside)))


def _recalibration(outcome: np.ndarray, log_odds: np.ndarray) -> tuple[float, float]:
    """Slope and intercept of the outcome on predicted log-odds, unpenalised."""
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
    slope, intercept = _recalibration(outcome, _log_odds(probability))
    base = float(outcome.mean())
    return Calibration(
        slope=slope,
        intercept=intercept,
        brier=float(np.mean((probability - outcome) ** 2)),
        brier_base=base * (1 - base),
    )


def permutation_p_value(
    features: np.ndarray,
    outcome: np.ndarray,
    *,
    draws: int = 99,
    folds: int = 5,
    seed: int = 0,
) -> float:
    """How often shuffled labels are ranked as well as the real ones.

    The users are dealt into folds once and the labels are shuffled within each fold, so
    every shuffle keeps the base rate of every fold; the default model is fitted anew.

    Args:
        features: Shape (users, columns), NaN = missing.
        outcome: Shape (users,), boolean.
        draws: Number of shuffles, each with its own whole cross-validation.
        folds: Number of folds.
        seed: Seed of shuffles and folds.

    Returns:
        (1 + shuffles at least as good) / (1 + draws).

    Source: Ojala and Garriga (2010), Permutation tests for studying classifier
        performance; Phipson and Smyth (2010).
    """
    from sklearn.model_selection import StratifiedKFold

    generator = np.random.default_rng(seed)
    dealer = StratifiedKFold(folds, shuffle=True, random_state=seed)
    splits = list(dealer.split(features, outcome))
    pipeline = make_model(MODELS[0], seed)
    scale, classifier = pipeline[:-1], pipeline[-1]
    fold = np.zeros((len(outcome), 1), dtype=np.int32)
    aucs = np.empty(draws + 1)
    with _one_thread():
        # medians and scales know no labels: once per fold is enough
        prepared = [
            (scale.fit_transform(features[train]), scale.transform(features[test]))
            for train, test in splits
        ]
        for number, (_, test) in enumerate(splits):
            fold[test] = number
        for draw in range(draws + 1):
            labels = outcome.copy()
            if draw:
                for _, test in splits:
                    labels[test] = generator.permutation(labels[test])
            held = np.empty((len(outcome), 1))
            for (train, test), (fitted_on, held_out) in zip(
                splits, prepared, strict=True
            ):
                classifier.fit(fitted_on, labels[train])
                held[test, 0] = classifier.decision_function(held_out)
            aucs[draw] = auc_interval(labels, OutOfFold(held, fold)).value
    return float((1 + (aucs[1:] >= aucs[0]).sum()) / (1 + draws))


# --- the tables ---------------------------------------------------------------------

_PREDICTION_TYPES: dict[str, str] = {
    "label": "string",
    "model": "string",
    "validation": "string",
    "repeat": "int32",
    "fold": "int32",
    "user_id": "string",
    "user_number": "int64",
    "is_positive": "bool",
    "probability": "float64",
}

_SCORE_TYPES: dict[str, str] = {
    "label": "string",
    "model": "string",
    "validation": "string",
    "user_count": "int64",
    "positive_count": "int64",
    "base_rate_share": "float64",
    "majority_accuracy_share": "float64",
    "accuracy_share": "float64",
    "roc_auc": "float64",
    "roc_auc_low": "float64",
    "roc_auc_high": "float64",
    "pr_auc": "float64",
    "pr_auc_low": "float64",
    "pr_auc_high": "float64",
    "brier_score": "float64",
    "brier_base_score": "float64",
    "calibration_slope": "float64",
    "calibration_intercept": "float64",
    "permutation_p_value": "float64",
    "known_in_time_share": "float64",
    "is_estimable": "bool",
    "reason": "string",
}

_RISK_TYPES: dict[str, str] = {
    "label": "string",
    "user_id": "string",
    "user_number": "int64",
    "probability": "float64",
    "probability_low": "float64",
    "probability_high": "float64",
    "is_out_of_fold": "bool",
}

_FEATURE_TYPES: dict[str, str] = {
    "label": "string",
    "feature": "string",
    "known_at": "string",
    "description": "string",
    "is_used": "bool",
    "reason": "string",
    "odds_ratio": "float64",
    "single_auc": "float64",
    "format_auc": "float64",
}

MODELS = ("logistic", "gradient_boosting", "crawl_format_only")
"""The models that are fitted for every label, the default first."""

RANKINGS = {
    "account_age_only": "log_account_age_days",
    "follow_up_length_only": "followed_days",
}
"""Baselines that rank users by one column as it is, without a fit."""


def _typed(rows: list[dict[str, Any]], types: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(types)).astype(types)


def _matrix(users: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    """Float matrix, NaN = missing."""
    return np.column_stack(
        [
            pd.to_numeric(users[name]).to_numpy(dtype=float, na_value=np.nan)
            for name in columns
        ]
    ).reshape(len(users), len(columns))


def _format_matrix(users: pd.DataFrame) -> np.ndarray:
    """The crawl-format bits, and one 0/1 column per crawler and file."""
    bits = _matrix(users, FORMAT_BITS)
    levels = [
        (users[name].fillna("") == level).to_numpy(dtype=float)
        for name in ("crawl_format", "source_file")
        for level in sorted(users[name].fillna("").unique())[1:]
    ]
    return np.column_stack([bits, *levels])


def _labelled(users: pd.DataFrame, label: Label) -> tuple[pd.DataFrame, np.ndarray]:
    """Users whose outcome is observable, in an order without pseudonyms."""
    seen = users[users[label.column].notna()].sort_values("user_number")
    return seen, seen[label.column].to_numpy(dtype=bool)


def refusal(
    positives: int, users: int, meaning: str, minimum: int = MIN_POSITIVES
) -> str | None:
    """Say why no ROC-AUC is estimated, or None if one is.

    Args:
        positives: Users with the outcome.
        users: Users whose outcome is observable.
        meaning: What a positive user did.
        minimum: Users of each outcome that an estimate needs.

    Returns:
        One sentence or None.
    """
    rarer = min(positives, users - positives)
    if users == 0:
        return "not identifiable: no user of known registration is followed long enough"
    if rarer < minimum:
        majority = max(positives, users - positives) / users
        return (
            f"not identifiable: {positives:,} of {users:,} users {meaning}; a ROC-AUC"
            f" needs {minimum} users of each outcome (always giving the more frequent"
            f" answer is already right for {majority:.2%})"
        )
    return None


def _label_refusal(
    label: Label, outcome: np.ndarray, evidence: pd.DataFrame | None, minimum: int
) -> str | None:
    """Why a label is not predicted, or None.

    That the crawl misses most who come back is said before how few it saw.
    """
    if len(outcome) and evidence is not None and label.needs is not None:
        row = evidence[
            (evidence["outcome"] == label.needs)
            & (evidence["grouping"] == "all")
            & ~evidence["is_identifiable"].astype(bool)
        ]
        if len(row):
            return str(row["reason"].iloc[0])
    return refusal(int(outcome.sum()), len(outcome), label.meaning, minimum)


def _columns(users: pd.DataFrame, label: Label, model: str) -> np.ndarray:
    if model == "crawl_format_only":
        return _format_matrix(users)
    return _matrix(users, known_features(label.moment))


def _kind(model: str) -> str:
    return "gradient_boosting" if model == "gradient_boosting" else "logistic"


def _temporal_split(users: pd.DataFrame, test_share: float) -> np.ndarray:
    """Mark the latest arrivals, which are predicted from the earlier ones."""
    started = users["first_post_at"]
    cut = started.sort_values().iloc[int(len(users) * (1 - test_share))]
    return np.asarray(started >= cut)


def _known_share(users: pd.DataFrame, label: Label, test: np.ndarray) -> float:
    """Share of the earlier users whose outcome is certain before the first later one.

    Only with a share of 1 could the same prediction have been made at the time.
    """
    if test.all() or not test.any():
        return float("nan")
    cut = users.loc[test, "first_post_at"].min()
    return float((users.loc[~test, f"{label.column}_known_at"] <= cut).mean())


def predict_held_out(
    users: pd.DataFrame,
    *,
    evidence: pd.DataFrame | None = None,
    folds: int = 5,
    repeats: int = 5,
    test_share: float = 0.3,
    min_positives: int = MIN_POSITIVES,
    seed: int = 0,
) -> pd.DataFrame:
    """Predict every user by models that have not seen that user.

    Args:
        users: ``int_retention__features``: one row per author with the registered
            features, first_post_at, and per label its boolean column (null = not
            observable) and ``<column>_known_at`` (when the outcome is certain).
        evidence: ``survival_evidence``; a label is refused where the crawl does not
            identify what it needs (:class:`Label`).
        folds: Folds of the cross-validation.
        repeats: Times the users are dealt into folds.
        test_share: Share of the users, the latest arrivals, that the temporal split
            holds out.
        min_positives: Labels and splits with fewer users of either outcome are left
            out; :func:`score_predictions` says why.
        seed: Seed of the folds and of the boosting.

    Returns:
        One row per label, model, validation (``repeated_cv``, ``temporal_split``),
        repeat and held-out user.
    """
    parts: list[pd.DataFrame] = []
    for label in LABELS if len(users) else ():
        seen, outcome = _labelled(users, label)
        if _label_refusal(label, outcome, evidence, min_positives):
            continue
        test = _temporal_split(seen, test_share)
        has_temporal = _temporal_refusal(outcome, test, min_positives) is None
        for model in MODELS:
            matrix = _columns(seen, label, model)
            held = cross_validate(
                matrix,
                outcome,
                kind=_kind(model),
                folds=folds,
                repeats=repeats,
                seed=seed,
            )
            parts.extend(
                _prediction_rows(
                    seen,
                    outcome,
                    label.name,
                    model,
                    "repeated_cv",
                    repeat,
                    held.fold[:, repeat],
                    held.probability[:, repeat],
                )
                for repeat in range(repeats)
            )
            if has_temporal:
                with _one_thread():
                    fit = make_model(_kind(model), seed)
                    fit.fit(matrix[~test], outcome[~test])
                    later = fit.predict_proba(matrix[test])[:, 1]
                parts.append(
                    _prediction_rows(
                        seen[test],
                        outcome[test],
                        label.name,
                        model,
                        "temporal_split",
                        0,
                        np.zeros(int(test.sum()), dtype=np.int32),
                        later,
                    )
                )
    if not parts:
        return _typed([], _PREDICTION_TYPES)
    return pd.concat(parts, ignore_index=True).astype(_PREDICTION_TYPES)


def _prediction_rows(
    users: pd.DataFrame,
    outcome: np.ndarray,
    label: str,
    model: str,
    validation: str,
    repeat: int,
    fold: np.ndarray,
    probability: np.ndarray,
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": label,
            "model": model,
            "validation": validation,
            "repeat": repeat,
            "fold": fold,
            "user_id": users["user_id"].to_numpy(),
            "user_number": users["user_number"].to_numpy(),
            "is_positive": outcome,
            "probability": probability,
        }
    )


def _temporal_refusal(
    outcome: np.ndarray, test: np.ndarray, minimum: int
) -> str | None:
    """Why later users cannot be predicted from earlier ones, or None."""
    for name, part in (("earlier", outcome[~test]), ("later", outcome[test])):
        positives = int(part.sum())
        if min(positives, len(part) - positives) < minimum:
            return (
                f"not identifiable: {positives:,} of the {len(part):,} {name} users"
                f" are positive; a temporal split needs {minimum} users of each outcome"
                " on both sides"
            )
    return None


def score_predictions(
    predictions: pd.DataFrame,
    users: pd.DataFrame,
    *,
    evidence: pd.DataFrame | None = None,
    permutations: int = 99,
    folds: int = 5,
    test_share: float = 0.3,
    min_positives: int = MIN_POSITIVES,
    permutation_users: int = 20_000,
    seed: int = 0,
) -> pd.DataFrame:
    """Score every model on users it has not seen, beside its baselines.

    Args:
        predictions: From :func:`predict_held_out`, same settings.
        users: ``int_retention__features``.
        evidence: ``survival_evidence``; a label is refused where the crawl does not
            identify what it needs (:class:`Label`).
        permutations: Shuffles behind the p value of the default model.
        folds: Folds of the cross-validation.
        test_share: As for :func:`predict_held_out`.
        min_positives: Users of each outcome below which nothing is estimated.
        permutation_users: With more users than this the shuffles run on the first so
            many of a seeded draw.
        seed: Seed of every draw.

    Returns:
        One row per label, model (with ``majority``: always the more frequent answer)
        and validation. Where is_estimable is false the estimates are null and the
        reason says why; the counts, the base rate and the majority accuracy stay.
        known_in_time_share tells how many of the earlier users' outcomes were certain
        before the first later user arrived: below 1 the temporal split tests whether
        later arrivals behave alike, not a prediction that could have been made. The
        areas of account_age_only and follow_up_length_only are those of the column
        itself in the better direction, a bar that is rather too high than too low.
    """
    rows: list[dict[str, Any]] = []
    for label in LABELS:
        if len(users):
            seen, outcome = _labelled(users, label)
        else:
            seen, outcome = users, np.zeros(0, dtype=bool)
        reason = _label_refusal(label, outcome, evidence, min_positives)
        temporal_reason = reason
        test = np.zeros(len(seen), dtype=bool)
        known_share = np.nan
        if len(seen):
            test = _temporal_split(seen, test_share)
            temporal_reason = reason or _temporal_refusal(outcome, test, min_positives)
            known_share = _known_share(seen, label, test)
        for validation, answers, why in (
            ("repeated_cv", outcome, reason),
            ("temporal_split", outcome[test], temporal_reason),
        ):
            for model in ("majority", *MODELS, *RANKINGS):
                row = _base_row(label.name, model, validation, answers, why)
                if validation == "temporal_split":
                    row["known_in_time_share"] = known_share
                rows.append(row)
                if why is not None or model == "majority":
                    continue
                if model in RANKINGS:
                    ranked = seen if validation == "repeated_cv" else seen[test]
                    row.update(_ranking(ranked, RANKINGS[model], answers))
                    continue
                row.update(
                    _score(
                        predictions[
                            (predictions["label"] == label.name)
                            & (predictions["model"] == model)
                            & (predictions["validation"] == validation)
                        ]
                    )
                )
        if reason is None and permutations:
            default = next(
                row
                for row in rows
                if row["label"] == label.name
                and row["model"] == MODELS[0]
                and row["validation"] == "repeated_cv"
            )
            matrix = _columns(seen, label, MODELS[0])
            chosen = np.arange(len(seen))
            if len(seen) > permutation_users:
                chosen = np.random.default_rng(seed).permutation(len(seen))
                chosen = np.sort(chosen[:permutation_users])
            default["permutation_p_value"] = permutation_p_value(
                matrix[chosen],
                outcome[chosen],
                draws=permutations,
                folds=folds,
                seed=seed,
            )
    return _typed(rows, _SCORE_TYPES)


def _base_row(
    label: str, model: str, validation: str, outcome: np.ndarray, reason: str | None
) -> dict[str, Any]:
    """Counts, base rate and majority accuracy, which need no estimate."""
    users, positives = len(outcome), int(outcome.sum())
    base = positives / users if users else np.nan
    majority = max(base, 1 - base) if users else np.nan
    return {
        "label": label,
        "model": model,
        "validation": validation,
        "user_count": users,
        "positive_count": positives,
        "base_rate_share": base,
        "majority_accuracy_share": majority,
        "accuracy_share": majority if model == "majority" else np.nan,
        "is_estimable": reason is None,
        "reason": reason,
    }


def _ranking(users: pd.DataFrame, column: str, outcome: np.ndarray) -> dict[str, float]:
    """ROC-AUC and PR-AUC of one column as it is, in whichever direction ranks better.

    One column needs no fit; held-out fits of a column that says nothing would fall
    below one half, because what a fold lacks its training users have too much of. A
    rank is no probability: there is no accuracy and no calibration.
    """
    values = _matrix(users, [column])
    known = values[~np.isnan(values)]
    filled = np.where(np.isnan(values), np.median(known) if known.size else 0, values)
    fold = np.zeros_like(filled, dtype=np.int32)
    both = [
        (auc_interval(outcome, OutOfFold(side * filled, fold)), side)
        for side in (1, -1)
    ]
    auc, side = max(both, key=lambda estimate: estimate[0].value)
    precision = average_precision_interval(outcome, side * filled[:, 0])
    return _areas(auc, precision)


def _areas(auc: Estimate, precision: Estimate) -> dict[str, float]:
    return {
        "roc_auc": auc.value,
        "roc_auc_low": auc.low,
        "roc_auc_high": auc.high,
        "pr_auc": precision.value,
        "pr_auc_low": precision.low,
        "pr_auc_high": precision.high,
    }


def _score(part: pd.DataFrame) -> dict[str, Any]:
    """Every estimate of one model under one validation."""
    wide = part.pivot_table(
        index="user_number", columns="repeat", values=["probability", "fold"]
    )
    answer = part.drop_duplicates("user_number").set_index("user_number")["is_positive"]
    outcome = answer.loc[wide.index].to_numpy(dtype=bool)
    probability = wide["probability"].to_numpy()
    held = OutOfFold(probability, wide["fold"].to_numpy().astype(np.int32))
    mean = probability.mean(axis=1)
    auc = auc_interval(outcome, held)
    precision = average_precision_interval(outcome, mean)
    fit = calibration(outcome, mean)
    return {
        **_areas(auc, precision),
        "accuracy_share": float(np.mean((mean >= 0.5) == outcome)),
        "brier_score": fit.brier,
        "brier_base_score": fit.brier_base,
        "calibration_slope": fit.slope,
        "calibration_intercept": fit.intercept,
    }


def predict_risk(
    users: pd.DataFrame,
    *,
    evidence: pd.DataFrame | None = None,
    draws: int = 200,
    min_positives: int = MIN_POSITIVES,
    seed: int = 0,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Tell each user's probability of the outcome, from models without that user.

    The default model is fitted on bootstrap samples of the users; a user's
    probability is the mean over the samples the user was not drawn into, and its
    interval holds the middle of those predictions: it covers the uncertainty of the
    model, not the chance of the single outcome. The probabilities are recalibrated on
    all users (slope and intercept).

    Args:
        users: ``int_retention__features``; authors whose outcome is not yet
            observable are predicted by models none of which was fitted on them.
        evidence: ``survival_evidence``; a label is refused where the crawl does not
            identify what it needs (:class:`Label`).
        draws: Bootstrap samples, 50 or more, so that every user is left out of some.
        min_positives: Labels with fewer users of either outcome give no rows.
        seed: Seed of the samples.
        confidence: Level of the percentile interval.

    Returns:
        One row per label and author.

    Raises:
        ValueError: If there are fewer than 50 draws.

    Source: Breiman (1996), Out-of-bag estimation; Platt (1999).
    """
    if draws < 50:
        message = f"{draws} bootstrap samples; 50 leave every user out of some"
        raise ValueError(message)
    parts: list[pd.DataFrame] = []
    for label in LABELS if len(users) else ():
        outcome = _labelled(users, label)[1]
        if _label_refusal(label, outcome, evidence, min_positives):
            continue
        everyone = users.sort_values("user_number")
        matrix = _columns(everyone, label, MODELS[0])
        labelled = np.flatnonzero(everyone[label.column].notna().to_numpy())
        parts.append(
            _risk_rows(
                everyone, matrix, labelled, outcome, label.name, draws, seed, confidence
            )
        )
    if not parts:
        return _typed([], _RISK_TYPES)
    return pd.concat(parts, ignore_index=True).astype(_RISK_TYPES)


def _risk_rows(
    users: pd.DataFrame,
    matrix: np.ndarray,
    labelled: np.ndarray,
    outcome: np.ndarray,
    label: str,
    draws: int,
    seed: int,
    confidence: float,
) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    size = len(labelled)
    log_odds = np.full((draws, len(users)), np.nan, dtype=np.float32)
    with _one_thread():
        for draw in range(draws):
            drawn = generator.integers(0, size, size)
            if outcome[drawn].all() or not outcome[drawn].any():
                continue
            model = make_model(MODELS[0], seed)
            model.fit(matrix[labelled[drawn]], outcome[drawn])
            log_odds[draw] = _log_odds(model.predict_proba(matrix)[:, 1])
            log_odds[draw, labelled[drawn]] = np.nan
    mean = np.asarray(np.nanmean(log_odds, axis=0, dtype=np.float64))
    tail = (1 - confidence) / 2
    low, high = np.asarray(np.nanquantile(log_odds, [tail, 1 - tail], axis=0))
    slope, intercept = _recalibration(outcome, mean[labelled])
    slope = max(slope, 0.0)

    def probability(values: np.ndarray) -> np.ndarray:
        return np.asarray(1 / (1 + np.exp(-(intercept + slope * values))))

    is_labelled = np.zeros(len(users), dtype=bool)
    is_labelled[labelled] = True
    estimate = probability(mean)
    return pd.DataFrame(
        {
            "label": label,
            "user_id": users["user_id"].to_numpy(),
            "user_number": users["user_number"].to_numpy(),
            "probability": estimate,
            # where all samples agree, rounding must not part an interval from its
            # estimate
            "probability_low": np.minimum(probability(low), estimate),
            "probability_high": np.maximum(probability(high), estimate),
            "is_out_of_fold": is_labelled,
        }
    )


def describe_features(
    users: pd.DataFrame, *, min_positives: int = MIN_POSITIVES, seed: int = 0
) -> pd.DataFrame:
    """List every registered feature per label: used, or refused and why.

    Args:
        users: ``int_retention__features``.
        min_positives: Labels with fewer users of either outcome get no estimates.
        seed: Seed handed to the model.

    Returns:
        One row per label and registered feature: odds_ratio per standard deviation in
        the default model, single_auc (how well the feature alone ranks the users, in
        sample, >= 0.5) and format_auc (how well it alone tells the crawl format,
        >= 0.5: near 1 = a stand-in for the crawl, to be read with care).
    """
    rows: list[dict[str, Any]] = []
    for label in LABELS:
        used = known_features(label.moment)
        if len(users):
            seen, outcome = _labelled(users, label)
        else:
            seen, outcome = users, np.zeros(0, dtype=bool)
        enough = not refusal(int(outcome.sum()), len(seen), "", min_positives)
        odds: dict[str, float] = {}
        if enough:
            matrix = _matrix(seen, used)
            fit = make_model(MODELS[0], seed).fit(matrix, outcome)
            odds = dict(zip(used, np.exp(fit[-1].coef_[0]), strict=True))
        for feature in REGISTRY:
            row: dict[str, Any] = {
                "label": label.name,
                "feature": feature.name,
                "known_at": feature.known_at,
                "description": feature.description,
                "is_used": feature.name in used,
                "odds_ratio": odds.get(feature.name, np.nan),
                "reason": None,
            }
            if not row["is_used"]:
                row["reason"] = REFUSED.get(
                    feature.known_at, f"known only at {feature.known_at}"
                )
            elif len(seen):
                values = _matrix(seen, [feature.name])[:, 0]
                if enough:
                    row["single_auc"] = _single_auc(values, outcome)
                row["format_auc"] = max(
                    _single_auc(values, bit > 0) for bit in _format_matrix(seen).T
                )
            rows.append(row)
    return _typed(rows, _FEATURE_TYPES)


def _single_auc(values: np.ndarray, outcome: np.ndarray) -> float:
    """ROC-AUC of one column in the better direction; chance if it cannot be told."""
    known = ~np.isnan(values)
    positive, negative = values[known & outcome], values[known & ~outcome]
    if not len(positive) or not len(negative):
        return 0.5
    value = float(_placements(positive, negative)[0].mean())
    return max(value, 1 - value)
