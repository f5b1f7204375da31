"""What is known of a user at the time of a prediction, and what is predicted.

:data:`REGISTRY` lists every column a model could be given, with the moment at which it
is known; :data:`LABELS` the outcomes. Nothing here is fitted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from refugee_adaptation.wording.messages import message

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
        needs: The outcome of ``retention_identifiability`` that must hold for all
            users, else the label is mostly who was missed; None where the label is what
            is seen and no more.
    """

    name: str
    column: str
    moment: str
    needs: str | None = None


LABELS = (
    Label(
        "retained",
        "is_retained",
        "first_day",
        needs="second_activity",
    ),
    Label("repeat_post", "is_repeat_poster", "first_post"),
)
"""The outcomes that are predicted."""
RANKINGS = {
    "account_age_only": "log_account_age_days",
    "follow_up_length_only": "followed_days",
}
"""Baselines that rank users by one column as it is, without a fit."""

BASELINES = {
    "account_age_only": "account_age_roc_auc",
    "crawl_format_only": "crawl_format_roc_auc",
    "follow_up_length_only": "follow_up_length_roc_auc",
}
"""What a model must rank better than, and the column of its ROC-AUC."""


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
            raise LeakageError(f"{name}: {reason}; the prediction is made at {moment}")
    return [feature.name for feature in registry if feature.name in wanted]


def feature_matrix(users: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    """Take columns as floats.

    Args:
        users: ``int_retention__features``, n rows.
        columns: Names of p columns, numbers or booleans.

    Returns:
        Shape (n, p), NaN = missing.
    """
    return np.column_stack(
        [
            pd.to_numeric(users[name]).to_numpy(dtype=float, na_value=np.nan)
            for name in columns
        ]
    ).reshape(len(users), len(columns))


def format_matrix(users: pd.DataFrame) -> np.ndarray:
    """The crawl-format bits, and one 0/1 column per crawler and file.

    Args:
        users: ``int_retention__features``, n rows.

    Returns:
        Shape (n, columns), NaN = missing; the first crawler and file have no column.
    """
    bits = feature_matrix(users, FORMAT_BITS)
    levels = [
        (users[name].fillna("") == level).to_numpy(dtype=float)
        for name in ("crawl_format", "source_file")
        for level in sorted(users[name].fillna("").unique())[1:]
    ]
    return np.column_stack([bits, *levels])


def labelled_users(
    users: pd.DataFrame, label: Label
) -> tuple[pd.DataFrame, np.ndarray]:
    """Users whose outcome is observable, in an order without pseudonyms.

    Args:
        users: ``int_retention__features``; may be empty.
        label: The outcome.

    Returns:
        Their rows by user number, and the outcome, boolean, shape (rows,).
    """
    if users.empty:
        return users, np.zeros(0, dtype=bool)
    seen = users[users[label.column].notna()].sort_values("user_number")
    return seen, seen[label.column].to_numpy(dtype=bool)


def refusal(
    positives: int, users: int, label: str, minimum: int = MIN_POSITIVES
) -> str | None:
    """Give the message why no ROC-AUC is estimated, or None if one is.

    Args:
        positives: Users with the outcome.
        users: Users whose outcome is observable.
        label: Name of the label.
        minimum: Users of each outcome that an estimate needs.

    Returns:
        The message or None.
    """
    rarer = min(positives, users - positives)
    if users == 0:
        return message("nobody_registered_followed")
    if rarer < minimum:
        majority = max(positives, users - positives) / users
        return message(
            "too_few_positives",
            positives=positives,
            users=users,
            outcome={"code": f"outcome_{label}"},
            least=minimum,
            majority=majority,
        )
    return None


def label_refusal(
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
            return str(row["reason_message"].iloc[0])
    return refusal(int(outcome.sum()), len(outcome), label.name, minimum)


def model_matrix(users: pd.DataFrame, label: Label, model: str) -> np.ndarray:
    """Make the inputs of one model for one label.

    Args:
        users: ``int_retention__features``, n rows.
        label: What is predicted; decides which features are known in time.
        model: One of ``models.MODELS``.

    Returns:
        Shape (n, columns), NaN = missing.
    """
    if model == "crawl_format_only":
        return format_matrix(users)
    return feature_matrix(users, known_features(label.moment))
