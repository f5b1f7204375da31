"""Retention curves, group comparisons, hazard ratios and capture-recapture bounds.

The meaning of an event, of the end of a crawl and of a group is decided in SQL
(``int_retention__followup``); the functions here only estimate. The estimators are
those of lifelines (Davidson-Pilon 2019, doi:10.21105/joss.01317).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

OUTCOMES = ("second_post", "second_activity", "still_active")
"""What a curve follows; see ``int_retention__followup``."""

_GROUP = ["outcome", "grouping", "group_name"]

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
_EVIDENCE_TYPES: dict[str, str] = {
    "outcome": "string",
    "grouping": "string",
    "group_name": "string",
    "user_count": "int64",
    "event_count": "int64",
    "median_followup_days": "float64",
    "seen_once_count": "int64",
    "seen_twice_count": "int64",
    "pool_low_count": "float64",
    "sampling_share": "float64",
    "mean_gap_days": "float64",
    "first_wave_count": "int64",
    "later_wave_count": "int64",
    "seen_again_count": "int64",
    "zero_expected_pool": "float64",
    "comment_coverage_share": "float64",
    "is_identifiable": "bool",
    "reason": "string",
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
    "reason": "string",
}
_COX_TYPES: dict[str, str] = {
    "outcome": "string",
    "covariate": "string",
    "hazard_ratio": "float64",
    "hazard_ratio_low": "float64",
    "hazard_ratio_high": "float64",
    "p_value": "float64",
    "proportionality_p_value": "float64",
    "user_count": "int64",
    "event_count": "int64",
    "concordance_score": "float64",
    "reason": "string",
}
_MEMBER_TYPES: dict[str, str] = {
    "user_id": "string",
    "user_number": "int64",
    "grouping": "string",
    "group_name": "string",
}
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


def _typed(rows: list[dict[str, object]], types: dict[str, str]) -> pd.DataFrame:
    """Turn rows into a frame that has every declared column, also without rows."""
    frame = pd.DataFrame(rows, columns=list(types))
    return frame.astype(types)


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


def weigh_evidence(
    followup: pd.DataFrame,
    groups: pd.DataFrame,
    *,
    min_users: int = 30,
    min_events: int = 10,
    min_sampling_share: float = 0.5,
    max_gap_days: float = 2.0,
) -> pd.DataFrame:
    """Decide for every group whether the crawl can tell its retention.

    Not seen again means gone only where the crawl would have seen it. A sample in which
    most users are met once comes from a much larger pool (Chao's lower bound), and a
    user who stayed is then mostly missed: neither 0 % nor any other share may be read
    from it. The bound errs both ways. A whole population of one-time posters is refused
    too, because nothing in it tells the two apart. And a pool that is only known from
    below makes the share seen an upper bound: a crawl of a tenth of the posts may pass.
    So `still_active` is also asked how long a present user goes unseen: a departure is
    dated at the last observation, on average one gap before it, and the curve lies that
    much too low.

    Args:
        followup: ``int_retention__followup``, one row per user and outcome:
            user_id, outcome, duration_days, is_event, observation_count (times the user
            was met), gap_count and seen_span_days (gaps between consecutive
            observations while followed, and their sum), is_in_first_wave,
            is_in_later_wave, declared_comment_count and covered_comment_count (comments
            under the user's posts).
        groups: One row per user and grouping: user_id, grouping, group_name.
        min_users: Users a curve needs.
        min_events: Events a curve needs.
        min_sampling_share: Share of the pool that the crawl must show.
        max_gap_days: Mean gap between a user's observations above which still_active is
            not told.

    Returns:
        One row per outcome, grouping and group with the evidence (counts in users;
        shares 0 to 1; sampling_share is an upper bound; mean_gap_days pools the gaps
        of all users and is null where nobody is met twice), is_identifiable and, where
        it is false, the reason as one sentence. Groups without a followed user have a
        row too.

    Source: Chao (1987); rule of three: Hanley and Lippman-Hand (1983).
    """
    if groups.empty:
        return _typed([], _EVIDENCE_TYPES)
    rows: list[dict[str, object]] = []
    cells = groups[["grouping", "group_name"]].drop_duplicates()
    cells = cells.sort_values(["grouping", "group_name"])
    for outcome in OUTCOMES:
        part = followup[followup["outcome"] == outcome]
        later = int(part["is_in_later_wave"].sum())
        joined = groups.merge(part, on="user_id")
        by_group = dict(iter(joined.groupby(["grouping", "group_name"])))
        for grouping, group_name in cells.itertuples(index=False):
            users = by_group.get((grouping, group_name), joined.iloc[:0])
            row = _evidence(users, later)
            row |= {"outcome": outcome, "grouping": grouping, "group_name": group_name}
            reason = _refusal(row, min_users, min_events, min_sampling_share)
            if reason is None and outcome == "still_active":
                reason = _gap_refusal(row["mean_gap_days"], max_gap_days)
            row |= {"is_identifiable": reason is None, "reason": reason}
            rows.append(row)
    return _typed(rows, _EVIDENCE_TYPES)


def _evidence(users: pd.DataFrame, later: int) -> dict[str, Any]:
    """Counts of one group that speak for or against a reading of its retention."""
    met = users["observation_count"]
    once, twice = int((met == 1).sum()), int((met == 2).sum())
    pool = chao_pool(len(users), once, twice)
    first = users[users["is_in_first_wave"].astype(bool)]
    declared = float(users["declared_comment_count"].sum())
    gaps = int(users["gap_count"].sum())
    return {
        "user_count": len(users),
        "event_count": int(users["is_event"].sum()),
        "median_followup_days": float(users["duration_days"].median()),
        "seen_once_count": once,
        "seen_twice_count": twice,
        "pool_low_count": pool,
        "sampling_share": len(users) / pool if pool else np.nan,
        "mean_gap_days": float(users["seen_span_days"].sum()) / gaps
        if gaps
        else np.nan,
        "first_wave_count": len(first),
        "later_wave_count": later,
        "seen_again_count": int(first["is_in_later_wave"].sum()),
        "zero_expected_pool": len(first) * later / 3 if later else np.nan,
        "comment_coverage_share": (
            float(users["covered_comment_count"].sum()) / declared
            if declared
            else np.nan
        ),
    }


def _refusal(
    row: dict[str, Any], min_users: int, min_events: int, min_share: float
) -> str | None:
    """One sentence on why a group's retention is not identifiable, or None."""
    users, once, pool = row["user_count"], row["seen_once_count"], row["pool_low_count"]
    if users == 0:
        return "not identifiable: no user of this group is followed long enough"
    if users < min_users:
        return (
            f"not identifiable: {users} users are followed; a curve needs {min_users}"
        )
    if row["sampling_share"] < min_share:
        overlap = ""
        first, again = row["first_wave_count"], row["seen_again_count"]
        if first and row["later_wave_count"]:
            overlap = (
                f"; {again:,} of {first:,} users of the first wave are seen again among"
                f" {row['later_wave_count']:,} later ones, and none at all is what a"
                f" random sample gives even if everybody stayed, once the pool exceeds"
                f" {row['zero_expected_pool']:,.0f} people"
            )
        return (
            f"not identifiable: {once:,} of {users:,} users are met only once, so an"
            f" estimated {pool:,.0f} people or more were active and the crawl shows at"
            f" most {row['sampling_share']:.0%} of them{overlap}: not seen again does"
            " not mean gone"
        )
    if row["event_count"] < min_events:
        return (
            f"not identifiable: {row['event_count']} events in {users:,} users; a curve"
            f" needs {min_events}"
        )
    return None


def _gap_refusal(gap: float, most: float) -> str | None:
    """One sentence on why the time of leaving is too uncertain to tell, or None."""
    if gap <= most:
        return None
    if np.isnan(gap):
        return "not identifiable: no user is met twice while followed"
    return (
        f"not identifiable: {gap:.1f} days lie between two observations of the same"
        f" user on average, more than {most:g}: a departure is dated about so much too"
        " early, and the share still active would come out far too low"
    )


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
        everybody if users met on their first day alone do not outstay the others.

    Raises:
        ValueError: If a duration is negative or missing.

    Source: Kaplan and Meier (1958), doi:10.1080/01621459.1958.10501452; interval:
        Kalbfleisch and Prentice (2002), The Statistical Analysis of Failure Time Data.
    """
    if lifetimes.empty:
        return _typed([], _CURVE_TYPES)
    durations = lifetimes["duration_days"].to_numpy(dtype=float)
    if not (durations >= 0).all():
        message = "duration_days must be a number of days >= 0 in every row"
        raise ValueError(message)

    curves: list[pd.DataFrame] = []
    for key, group in lifetimes.groupby(_GROUP, sort=True):
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
                    **dict(zip(_GROUP, key, strict=True)),
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
    return pd.concat(curves, ignore_index=True).astype(_CURVE_TYPES)


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


def add_adaptation_groups(
    groups: pd.DataFrame, assignments: pd.DataFrame
) -> pd.DataFrame:
    """Add the grouping by adaptation group to those known at the first post.

    Args:
        groups: ``int_retention__groups``: user_id, user_number, grouping, group_name.
        assignments: ``adaptation_cluster_assignments``: user_id, group_name. The group
            is found from the whole crawl, in hindsight.

    Returns:
        Both, one row per user and grouping, sorted by user_number and grouping.
    """
    numbers = groups[["user_id", "user_number"]].drop_duplicates()
    found = assignments[["user_id", "group_name"]].merge(numbers, on="user_id")
    found["grouping"] = "adaptation_group"
    both = pd.concat([groups[list(_MEMBER_TYPES)], found[list(_MEMBER_TYPES)]])
    both = both.sort_values(["user_number", "grouping"], ignore_index=True)
    return both.astype(_MEMBER_TYPES)


def count_lifetimes(followup: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Count the users of every group who share a duration and an end.

    Args:
        followup: ``int_retention__followup``: user_id, outcome, duration_days and
            is_event.
        groups: One row per user and grouping: user_id, grouping, group_name.

    Returns:
        outcome, grouping, group_name, duration_days, is_event and user_count, sorted:
        what the estimators take.
    """
    keys = [*_GROUP, "duration_days", "is_event"]
    joined = followup[["user_id", "outcome", "duration_days", "is_event"]].merge(
        groups[["user_id", "grouping", "group_name"]], on="user_id"
    )
    return joined.groupby(keys, sort=True).size().rename("user_count").reset_index()


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


def keep_identified(lifetimes: pd.DataFrame, evidence: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows of groups whose retention the crawl identifies.

    Args:
        lifetimes: From :func:`count_lifetimes`.
        evidence: From :func:`weigh_evidence`.

    Returns:
        The rows of identified groups.
    """
    identified = evidence.loc[evidence["is_identifiable"].astype(bool), _GROUP]
    return lifetimes.merge(identified, on=_GROUP)


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
        return _typed([], _TEST_TYPES)

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
            "reason": None,
        }
        if groups < 2:
            row["reason"] = (
                f"not identifiable: the crawl tells the retention of {groups} of"
                f" {len(cells)} groups; a comparison needs two"
            )
        elif events < min_events:
            row["reason"] = (
                f"not identifiable: {events} events; a log-rank test needs {min_events}"
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
    return _typed(rows, _TEST_TYPES)


def cox_hazards(
    users: pd.DataFrame,
    covariates: Sequence[str],
    *,
    factors: Sequence[str] = (),
    evidence: pd.DataFrame | None = None,
    events_per_covariate: int = 10,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Fit one Cox proportional hazards model per outcome.

    Args:
        users: One row per user and outcome: outcome, duration_days (days from the
            landmark, >= 0), is_event, the covariates (known by the landmark) and the
            factors (text).
        covariates: Numeric columns; a missing value is replaced by the median and a
            constant column is left out. Each is scaled to standard deviation 1, so a
            hazard ratio is per standard deviation.
        factors: Text columns; each level becomes a 0/1 column against the most
            frequent level, levels of fewer than 20 users are joined as "other".
        evidence: From :func:`weigh_evidence`; where it says that the crawl does not
            identify the retention of all users, their hazards are not estimated either.
        events_per_covariate: Events needed per estimated coefficient.
        confidence: Level of the Wald interval.

    Returns:
        One row per outcome and covariate, or one row per outcome with the covariate
        ``(none)`` and the reason why nothing was estimated.

    Source: Cox (1972); ties by Efron (1977); events per variable: Peduzzi et al.
        (1995); proportionality: Grambsch and Therneau (1994).
    """
    if users.empty:
        return _typed([], _COX_TYPES)

    rows: list[dict[str, object]] = []
    for outcome, part in users.groupby("outcome", sort=True):
        reason = None if evidence is None else _hazard_refusal(str(outcome), evidence)
        rows.extend(
            [_no_hazard(str(outcome), part, reason)]
            if reason
            else _cox_rows(
                str(outcome),
                part,
                list(covariates),
                list(factors),
                events_per_covariate,
                confidence,
            )
        )
    return _typed(rows, _COX_TYPES)


def _hazard_refusal(outcome: str, evidence: pd.DataFrame) -> str | None:
    """Why the crawl cannot tell the retention behind a Cox outcome, or None."""
    curve = {"return": "second_activity", "leaving": "still_active"}[outcome]
    row = evidence[
        (evidence["outcome"] == curve)
        & (evidence["grouping"] == "all")
        & ~evidence["is_identifiable"].astype(bool)
    ]
    return None if row.empty else str(row["reason"].iloc[0])


def _no_hazard(outcome: str, part: pd.DataFrame, reason: str) -> dict[str, object]:
    """One row that says why nothing was estimated."""
    return {
        "outcome": outcome,
        "covariate": "(none)",
        "user_count": len(part),
        "event_count": int(part["is_event"].sum()),
        "reason": reason,
    }


def _design(
    part: pd.DataFrame, covariates: list[str], factors: list[str]
) -> pd.DataFrame:
    """Scaled numeric columns and one 0/1 column per level, constants left out."""
    columns: dict[str, np.ndarray] = {}
    for name in covariates:
        values = part[name].to_numpy(dtype=float, na_value=np.nan)
        known = values[~np.isnan(values)]
        filled = np.where(
            np.isnan(values), np.median(known) if known.size else 0, values
        )
        spread = filled.std()
        if spread > 1e-9:
            columns[name] = (filled - filled.mean()) / spread
    for name in factors:
        levels = part[name].fillna("unknown").astype(str)
        counts = levels.value_counts()
        rare = counts.index[counts < 20]
        levels = levels.where(~levels.isin(rare), "other")
        # most frequent first, the name decides between equals
        ordered = sorted(
            levels.value_counts().items(), key=lambda x: (-x[1], str(x[0]))
        )
        for level, count in ordered[1:]:
            if count >= 20:
                columns[f"{name}: {level} (against {ordered[0][0]})"] = levels.eq(
                    str(level)
                ).to_numpy(dtype=float)
    return pd.DataFrame(columns, index=part.index)


def _cox_rows(
    outcome: str,
    part: pd.DataFrame,
    covariates: list[str],
    factors: list[str],
    events_per_covariate: int,
    confidence: float,
) -> list[dict[str, object]]:
    """Rows of one outcome: the fitted covariates, or one refusal."""
    events = int(part["is_event"].sum())

    design = _design(part, covariates, factors)
    if design.shape[1] == 0:
        return [_no_hazard(outcome, part, "no covariate varies between the users")]
    needed = events_per_covariate * design.shape[1]
    if events < needed:
        reason = (
            f"not identifiable: {events} events; {design.shape[1]} covariates need"
            f" {needed} ({events_per_covariate} each)"
        )
        return [_no_hazard(outcome, part, reason)]

    import warnings

    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceError, ConvergenceWarning
    from lifelines.statistics import proportional_hazard_test

    table = design.assign(
        duration_days=part["duration_days"].to_numpy(dtype=float),
        is_event=part["is_event"].to_numpy(dtype=bool),
    )
    fitter = CoxPHFitter(alpha=1 - confidence)
    with warnings.catch_warnings():
        # a model that does not converge is refused, not reported with a warning
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            fitter.fit(table, "duration_days", "is_event")
        except (ConvergenceError, ConvergenceWarning):
            reason = "the Cox model does not converge: a covariate separates the users"
            return [_no_hazard(outcome, part, reason)]
    check = proportional_hazard_test(fitter, table, time_transform="rank").summary
    low, high = (
        f"exp(coef) {side} {confidence * 100:g}%" for side in ("lower", "upper")
    )
    return [
        {
            "outcome": outcome,
            "covariate": name,
            "hazard_ratio": float(line["exp(coef)"]),
            "hazard_ratio_low": float(line[low]),
            "hazard_ratio_high": float(line[high]),
            "p_value": float(line["p"]),
            "proportionality_p_value": float(check.loc[name, "p"]),
            "user_count": len(part),
            "event_count": events,
            "concordance_score": float(fitter.concordance_index_),
            "reason": None,
        }
        for name, line in fitter.summary.iterrows()
    ]


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
    overlap that is small for that reason would be taken for a large pool. Of them only
    the pool is told above which no overlap at all is what chance gives even if
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
    result = pairs[list(_PAIR_TYPES)].astype(_PAIR_TYPES).reset_index(drop=True)
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
    return result.astype(_POOL_TYPES)
