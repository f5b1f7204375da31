"""Cox hazard ratios: who returns or leaves sooner than others.

The estimators are those of lifelines (Davidson-Pilon 2019, doi:10.21105/joss.01317).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from refugee_adaptation.shared.frames import empty_frame
from refugee_adaptation.shared.inference import drawn_rows
from refugee_adaptation.wording.frames import REASON_TYPES, worded_frame
from refugee_adaptation.wording.messages import message

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
    **REASON_TYPES,
    "is_identifiable": "boolean",
    "is_proportional": "boolean",
    "is_hindsight": "boolean",
}


def cox_hazards(
    users: pd.DataFrame,
    covariates: Sequence[str],
    *,
    factors: Sequence[str] = (),
    hindsight: Sequence[str] = (),
    evidence: pd.DataFrame | None = None,
    events_per_covariate: int = 10,
    confidence: float = 0.95,
    proportionality_p: float = 0.05,
    max_users: int = 20_000,
    seed: int = 0,
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
        hindsight: Covariates and factors that are measured when the crawl ran, or found
            from the whole of it.
        evidence: From :func:`weigh_evidence`; where it says that the crawl does not
            identify the retention of all users, their hazards are not estimated either.
        events_per_covariate: Events needed per estimated coefficient.
        confidence: Level of the Wald interval.
        proportionality_p: Schoenfeld p value from which a ratio is taken as constant.
        max_users: Beyond so many users of an outcome it is fitted on a random sample.
        seed: Seed of that sample.

    Returns:
        One row per outcome and covariate, or one row per outcome with the covariate
        ``(none)`` and the reason why nothing was estimated.

    Source: Cox (1972); ties by Efron (1977); events per variable: Peduzzi et al.
        (1995); proportionality: Grambsch and Therneau (1994).
    """
    if users.empty:
        return empty_frame(_COX_TYPES)

    rows: list[dict[str, object]] = []
    for outcome, part in users.groupby("outcome", sort=True):
        reason = None if evidence is None else _hazard_refusal(str(outcome), evidence)
        if len(part) > max_users:
            ordered = part.sort_values("user_number")
            part = ordered.iloc[drawn_rows(len(part), max_users, seed)]
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
    table = worded_frame(rows, _COX_TYPES)
    table["is_identifiable"] = table["reason_message"].isna()
    table["is_proportional"] = (
        table["proportionality_p_value"].astype("Float64") >= proportionality_p
    )
    table["is_hindsight"] = table["covariate"].str.split(":").str[0].isin(hindsight)
    return table


def _hazard_refusal(outcome: str, evidence: pd.DataFrame) -> str | None:
    """Why the crawl cannot tell the retention behind a Cox outcome, or None."""
    curve = {"return": "second_activity", "leaving": "still_active"}[outcome]
    row = evidence[
        (evidence["outcome"] == curve)
        & (evidence["grouping"] == "all")
        & ~evidence["is_identifiable"].astype(bool)
    ]
    return None if row.empty else str(row["reason_message"].iloc[0])


def _no_hazard(outcome: str, part: pd.DataFrame, reason: str) -> dict[str, object]:
    """One row that says why nothing was estimated."""
    return {
        "outcome": outcome,
        "covariate": "(none)",
        "user_count": len(part),
        "event_count": int(part["is_event"].sum()),
        "reason_message": reason,
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
        return [_no_hazard(outcome, part, message("no_covariate_varies"))]
    needed = events_per_covariate * design.shape[1]
    if events < needed:
        reason = message(
            "too_few_events_to_fit",
            events=events,
            covariates=design.shape[1],
            needed=needed,
            each=events_per_covariate,
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
            reason = message("cox_does_not_converge")
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
            "reason_message": None,
        }
        for name, line in fitter.summary.iterrows()
    ]
