"""How well models rank users they have never seen, beside their baselines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from refugee_adaptation.retention.early_features import (
    BASELINES,
    LABELS,
    MIN_POSITIVES,
    RANKINGS,
    Label,
    feature_matrix,
    label_refusal,
    labelled_users,
    model_matrix,
)
from refugee_adaptation.retention.estimates import (
    Estimate,
    auc_interval,
    average_precision_interval,
    calibration,
)
from refugee_adaptation.retention.models import (
    MODELS,
    OutOfFold,
    cross_validate,
    estimator_of,
    make_model,
)
from refugee_adaptation.shared.fits import many_small_fits
from refugee_adaptation.shared.frames import stacked_frame
from refugee_adaptation.shared.inference import (
    drawn_rows,
    permutation_p,
    ranked_auc,
)
from refugee_adaptation.wording.frames import REASON_TYPES, worded_frame
from refugee_adaptation.wording.messages import message

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
    **REASON_TYPES,
}


def permutation_p_value(
    features: np.ndarray,
    outcome: np.ndarray,
    *,
    draws: int = 99,
    folds: int = 5,
    seed: int = 0,
) -> float:
    """How often permuted labels are ranked as well as the real ones.

    The users are split into folds once and the labels are permuted within each fold, so
    every replicate keeps the base rate of every fold. Users are ranked by one Newton
    step of the default model from the base rate, which is a linear map of the labels:
    the real ones and all replicates are cross-validated in one product.

    Args:
        features: Shape (users, columns), NaN = missing.
        outcome: Shape (users,), boolean.
        draws: Number of replicates, each with its own whole cross-validation.
        folds: Number of folds.
        seed: Seed of replicates and folds.

    Returns:
        The p value of :func:`permutation_p`: replicates at least as good are counted.

    Source: Ojala and Garriga (2010), Permutation tests for studying classifier
        performance; Phipson and Smyth (2010); Rao's score (1948), of which the step is
        a multiple.
    """
    from sklearn.model_selection import StratifiedKFold

    generator = np.random.default_rng(seed)
    splitter = StratifiedKFold(folds, shuffle=True, random_state=seed)
    splits = list(splitter.split(features, outcome))
    labels = np.repeat(outcome[:, None], draws + 1, axis=1)
    for _, test in splits:
        labels[test, 1:] = generator.permuted(labels[test, 1:], axis=0)
    pipeline = make_model(MODELS[0], seed)
    scale, penalty = pipeline[:-1], 1 / pipeline[-1].C
    aucs = np.zeros(draws + 1)
    with many_small_fits():
        for train, test in splits:
            known = scale.fit_transform(features[train])
            share = float(outcome[train].mean())
            bend = share * (1 - share) * known.T @ known
            bend[np.diag_indices_from(bend)] += penalty
            step = np.linalg.solve(bend, known.T @ (labels[train] - share))
            scores = np.round(scale.transform(features[test]) @ step, 12)
            aucs += _fold_weight(outcome, test) * ranked_auc(scores, labels[test])
    aucs = np.round(aucs, 12)
    return permutation_p(int((aucs[1:] >= aucs[0]).sum()), draws)


def _fold_weight(outcome: np.ndarray, test: np.ndarray) -> float:
    """The share of a fold in the whole area, as :func:`auc_interval` has it."""
    held = outcome[test]
    return float(held.sum() / outcome.sum() + (~held).sum() / (~outcome).sum()) / 2


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


def _temporal_refusal(
    outcome: np.ndarray, test: np.ndarray, minimum: int
) -> str | None:
    """Why later users cannot be predicted from earlier ones, or None."""
    for name, part in (("earlier", outcome[~test]), ("later", outcome[test])):
        positives = int(part.sum())
        if min(positives, len(part) - positives) < minimum:
            return message(
                f"too_few_{name}_positives",
                positives=positives,
                users=len(part),
                least=minimum,
            )
    return None


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
        evidence: ``retention_identifiability``; a label is refused where the crawl does
            not identify what it needs (:class:`Label`).
        folds: Folds of the cross-validation.
        repeats: Times the users are split into folds.
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
        seen, outcome = labelled_users(users, label)
        if label_refusal(label, outcome, evidence, min_positives):
            continue
        test = _temporal_split(seen, test_share)
        has_temporal = _temporal_refusal(outcome, test, min_positives) is None
        for model in MODELS:
            matrix = model_matrix(seen, label, model)
            held = cross_validate(
                matrix,
                outcome,
                kind=estimator_of(model),
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
                with many_small_fits():
                    fit = make_model(estimator_of(model), seed)
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
    return stacked_frame(parts, _PREDICTION_TYPES)


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


def score_predictions(
    predictions: pd.DataFrame,
    users: pd.DataFrame,
    *,
    evidence: pd.DataFrame | None = None,
    permutations: int = 99,
    folds: int = 5,
    test_share: float = 0.3,
    min_positives: int = MIN_POSITIVES,
    seed: int = 0,
) -> pd.DataFrame:
    """Score every model on users it has not seen, beside its baselines.

    Args:
        predictions: From :func:`predict_held_out`, same settings.
        users: ``int_retention__features``.
        evidence: ``retention_identifiability``; a label is refused where the crawl does
            not identify what it needs (:class:`Label`).
        permutations: Shuffles behind the p value of the default model.
        folds: Folds of the cross-validation.
        test_share: As for :func:`predict_held_out`.
        min_positives: Users of each outcome below which nothing is estimated.
        seed: Seed of every draw.

    Returns:
        One row per label, model (with ``majority``: always the more frequent answer)
        and validation. Where is_estimable is false the estimates are null and the
        reason says why; the counts, the base rate and the majority accuracy stay.
        known_in_time_share is the share of the earlier users' outcomes were certain
        before the first later user arrived: below 1 the temporal split tests whether
        later arrivals behave alike, not a prediction that could have been made. The
        areas of account_age_only and follow_up_length_only are those of the column
        itself in the better direction, a bar that is rather too high than too low.
    """
    rows: list[dict[str, Any]] = []
    for label in LABELS:
        seen, outcome = labelled_users(users, label)
        reason = label_refusal(label, outcome, evidence, min_positives)
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
            matrix = model_matrix(seen, label, MODELS[0])
            default["permutation_p_value"] = permutation_p_value(
                matrix, outcome, draws=permutations, folds=folds, seed=seed
            )
    return worded_frame(rows, _SCORE_TYPES)


def score_models(
    users: pd.DataFrame,
    evidence: pd.DataFrame,
    *,
    repeats: int,
    permutations: int,
    alpha: float,
    max_users: int,
    **settings: Any,
) -> pd.DataFrame:
    """Predict users by models that have not seen them, score, and judge the scores.

    Args:
        users: ``int_retention__features``.
        evidence: ``retention_identifiability``.
        repeats: As for :func:`predict_held_out`.
        permutations: As for :func:`score_predictions`.
        alpha: As for :func:`beside_baselines`.
        max_users: Beyond so many users those scored are a random sample.
        settings: folds, test_share, min_positives and seed, for prediction and scores.

    Returns:
        As :func:`beside_baselines`.
    """
    if len(users) > max_users:
        drawn = drawn_rows(len(users), max_users, settings["seed"])
        users = users.sort_values("user_number").iloc[drawn]
    held_out = predict_held_out(users, evidence=evidence, repeats=repeats, **settings)
    scores = score_predictions(
        held_out, users, evidence=evidence, permutations=permutations, **settings
    )
    return beside_baselines(scores, alpha=alpha)


def beside_baselines(scores: pd.DataFrame, *, alpha: float = 0.05) -> pd.DataFrame:
    """Judge every model against chance and against what needs no model.

    Near chance an interval of cross-validated predictions is a little narrow, so the
    default model must also beat shuffled labels. A model earns its keep only above
    every baseline: its own interval must lie above what account age alone, the format
    of the crawl alone and the length of follow-up alone reach.

    Args:
        scores: From :func:`score_predictions`.
        alpha: Permutation p value up to which the default model beats shuffled labels.

    Returns:
        The same rows with the ROC-AUC of each baseline under the same validation,
        is_candidate (a model to be used, not a baseline), is_above_chance and
        is_above_baselines; the last two are null where nothing was estimated.
    """
    cell = ["label", "validation"]
    bars = scores[scores["model"].isin(BASELINES)].pivot_table(
        index=cell, columns="model", values="roc_auc"
    )
    bars = bars.reindex(columns=list(BASELINES)).rename(columns=BASELINES)
    table = scores.merge(bars.reset_index(), on=cell, how="left")
    bar = table[list(BASELINES.values())].max(axis=1).astype("Float64")
    low = table["roc_auc_low"].astype("Float64")
    beats_shuffles = table["permutation_p_value"].astype("Float64") <= alpha
    table["is_candidate"] = table["model"].isin(MODELS) & ~table["model"].isin(
        BASELINES
    )
    table["is_above_chance"] = (low > 0.5) & beats_shuffles.fillna(True)
    table["is_above_baselines"] = low > bar
    return table


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
        "reason_message": reason,
    }


def _ranking(users: pd.DataFrame, column: str, outcome: np.ndarray) -> dict[str, float]:
    """ROC-AUC and PR-AUC of one column as it is, in whichever direction ranks better.

    One column needs no fit; held-out fits of a column that says nothing would fall
    below one half, because what a fold lacks its training users have too much of. A
    rank is no probability: there is no accuracy and no calibration.
    """
    values = feature_matrix(users, [column])
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
