"""Kaplan-Meier curves of every group, and whether groups share one.

The estimators are those of lifelines (Davidson-Pilon 2019, doi:10.21105/joss.01317).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from refugee_adaptation.retention.lifetimes import GROUP
from refugee_adaptation.shared.frames import empty_frame, stacked_frame
from refugee_adaptation.wording.frames import REASON_TYPES, worded_frame
from refugee_adaptation.wording.messages import message

_CURVE_TYPES: dict[str, str] = {
    "outcome": "string",
    "grouping": "string",
    "group_name": "string",
    "day": "int32",
    "at_risk_count": "int64",
    "event_count": "int64",
    "censored_count": "int64",
    "survival_share": "float64",
    "survival_low_share": "float64",
    "survival_high_share": "float64",
    "survival_ceiling_share": "float64",
}
_TEST_TYPES: dict[str, str] = {
    "outcome": "string",
    "grouping": "string",
    "group_count": "int64",
    "user_count": "int64",
    "event_count": "int64",
    "logrank_statistic": "float64",
    "degrees_of_freedom": "int32",
    "p_value": "float64",
    **REASON_TYPES,
}


def kaplan_meier_curves(
    lifetimes: pd.DataFrame, *, confidence: float = 0.95
) -> pd.DataFrame:
    """Estimate one Kaplan-Meier curve per outcome, grouping and group.

    Args:
        lifetimes: One row per outcome, grouping, group_name, duration_days (float,
            days since the first observed post, >= 0) and is_event (bool), with
            user_count (int, users who share that row).
        confidence: Level of the exponential Greenwood (log-log) interval.

    Returns:
        One row per group and whole day from 0 to the longest follow-up. The number
        at risk is counted just before the day, events and censorings within (day - 1,
        day]; survival_share is the share without the event at the end of that day.
        survival_ceiling_share is the upper end of the interval among those followed
        past the first day without the event (1 until then): an upper bound for
        everybody if users met on their first day alone do not stay longer than the
        others.

    Raises:
        ValueError: If a duration is negative or missing.

    Source: Kaplan and Meier (1958), doi:10.1080/01621459.1958.10501452; interval:
        Kalbfleisch and Prentice (2002), The Statistical Analysis of Failure Time Data.
    """
    if lifetimes.empty:
        return empty_frame(_CURVE_TYPES)
    durations = lifetimes["duration_days"].to_numpy(dtype=float)
    if not (durations >= 0).all():
        message = "duration_days must be a number of days >= 0 in every row"
        raise ValueError(message)

    curves: list[pd.DataFrame] = []
    for key, group in lifetimes.groupby(GROUP, sort=True):
        duration = group["duration_days"].to_numpy(dtype=float)
        event = group["is_event"].to_numpy(dtype=bool)
        weight = group["user_count"].to_numpy(dtype=np.int64)
        days = np.arange(int(np.ceil(duration.max())) + 1)
        values = _product_limit(duration, event, weight, days, confidence)
        later = duration > 1
        ceiling = np.ones(len(days))
        if later.any():
            ceiling[2:] = _product_limit(
                duration[later], event[later], weight[later], days[2:], confidence
            )[:, 2]
        bins = np.ceil(duration).astype(int)
        size = len(days)
        ended = np.bincount(bins, weights=weight, minlength=size)
        events = np.bincount(bins[event], weights=weight[event], minlength=size)
        at_risk = weight.sum() - np.concatenate([[0], np.cumsum(ended)[:-1]])
        left = at_risk - ended  # still followed after the day
        low, high = _edges(values, np.maximum(left, 1), (1 - confidence) / 2)
        curves.append(
            pd.DataFrame(
                {
                    **dict(zip(GROUP, key, strict=True)),
                    "day": days,
                    "at_risk_count": at_risk.round(),
                    "event_count": events.round(),
                    "censored_count": (ended - events).round(),
                    "survival_share": values[:, 0],
                    "survival_low_share": low,
                    "survival_high_share": high,
                    "survival_ceiling_share": np.maximum(ceiling, high),
                }
            )
        )
    return stacked_frame(curves, _CURVE_TYPES)


def _product_limit(
    duration: np.ndarray,
    event: np.ndarray,
    weight: np.ndarray,
    days: np.ndarray,
    confidence: float,
) -> np.ndarray:
    """Share without the event at the end of each day, and its interval.

    Args:
        duration: Shape (rows,), days.
        event: Shape (rows,), boolean.
        weight: Shape (rows,), users.
        days: Whole days at which the curve is read.
        confidence: Level of the interval.

    Returns:
        Shape (days, 3): share, low, high.
    """
    from lifelines import KaplanMeierFitter

    fit = KaplanMeierFitter(alpha=1 - confidence).fit(duration, event, weights=weight)
    steps = pd.concat([fit.survival_function_, fit.confidence_interval_], axis=1)
    at = np.searchsorted(steps.index.to_numpy(), days, side="right") - 1
    return np.asarray(steps.to_numpy()[at])


def _edges(
    values: np.ndarray, followed: np.ndarray, tail: float
) -> tuple[np.ndarray, np.ndarray]:
    """Interval ends, also where Greenwood's variance is 0 / 0.

    While nobody had the event the lower end is the exact binomial one for the users
    still followed; once everybody had it the upper end stays where it was.
    """
    share, low, high = values.T
    low = np.where(share >= 1, tail ** (1 / followed), low)
    high = np.where(share >= 1, 1.0, high)
    low = np.where(share <= 0, 0.0, low)
    high = pd.Series(np.where(share <= 0, np.nan, high)).ffill().fillna(1).to_numpy()
    return low, high


def log_rank_tests(
    lifetimes: pd.DataFrame, evidence: pd.DataFrame, *, min_events: int = 10
) -> pd.DataFrame:
    """Test within each grouping whether its groups share one survival curve.

    Args:
        lifetimes: From :func:`keep_identified`; groups that the crawl does not identify
            are not compared.
        evidence: From :func:`weigh_evidence`: which groupings exist.
        min_events: Fewer events than this over all groups are not tested.

    Returns:
        One row per outcome and grouping of two or more groups; statistic and p value
        are null where the reason says why no test was made.

    Source: Mantel (1966); lifelines.statistics.multivariate_logrank_test.
    """
    if evidence.empty:
        return empty_frame(_TEST_TYPES)

    from lifelines.statistics import multivariate_logrank_test

    rows: list[dict[str, object]] = []
    for (outcome, grouping), cells in evidence.groupby(
        ["outcome", "grouping"], sort=True
    ):
        if len(cells) < 2:
            continue
        part = lifetimes[
            (lifetimes["outcome"] == outcome) & (lifetimes["grouping"] == grouping)
        ]
        weight = part["user_count"].to_numpy(dtype=np.int64)
        event = part["is_event"].to_numpy(dtype=bool)
        groups = part["group_name"].nunique()
        events = int(weight[event].sum())
        row: dict[str, object] = {
            "outcome": outcome,
            "grouping": grouping,
            "group_count": groups,
            "user_count": int(weight.sum()),
            "event_count": events,
            "logrank_statistic": np.nan,
            "degrees_of_freedom": max(groups - 1, 0),
            "p_value": np.nan,
            "reason_message": None,
        }
        if groups < 2:
            row["reason_message"] = message(
                "groups_unknown", known=groups, all=len(cells)
            )
        elif events < min_events:
            row["reason_message"] = message(
                "too_few_events_to_test", events=events, least=min_events
            )
        else:
            test = multivariate_logrank_test(
                part["duration_days"].to_numpy(dtype=float),
                part["group_name"].to_numpy(),
                event_observed=event,
                weights=weight,
            )
            row["logrank_statistic"] = float(test.test_statistic)
            row["p_value"] = float(test.p_value)
        rows.append(row)
    return worded_frame(rows, _TEST_TYPES)
