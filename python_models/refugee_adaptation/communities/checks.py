"""Everything behind a verdict on communities: runs by method, and null models."""

from __future__ import annotations

import pandas as pd

from refugee_adaptation.shared.frames import typed_frame

CHECK_COLUMNS = {
    "tie_kind": "string",
    "check_name": "string",
    "statistic": "string",
    "observed": "float64",
    "observed_max": "float64",
    "community_count": "Int64",
    "run_count": "int64",
    "run_ari": "float64",
    "consensus_ari": "float64",
    "null_mean": "float64",
    "null_sd": "float64",
    "z_score": "float64",
    "p_value": "float64",
    "user_count": "Int64",
    "draw_count": "int64",
    "is_deciding": "bool",
    "established_from": "float64",
}


def model_checks(
    runs: pd.DataFrame, nulls: pd.DataFrame, z_from: float
) -> pd.DataFrame:
    """Everything behind a verdict: runs by method, and null models.

    Args:
        runs: result of ``run_summary``.
        nulls: result of ``null_tests``.
        z_from: z score of the deciding null from which communities are established.

    Returns:
        One row per kind of tie and check, columns CHECK_COLUMNS: for runs the means
        over them, for the deciding null also what the observed value must reach.
    """
    by_method = runs.groupby(["tie_kind", "method"], sort=False).agg(
        observed=("modularity", "mean"),
        observed_max=("modularity", "max"),
        community_count=("community_count", "max"),
        run_count=("run_number", "count"),
        run_ari=("run_ari", "mean"),
        consensus_ari=("consensus_ari", "mean"),
    )
    ran = by_method.reset_index().rename(columns={"method": "check_name"})
    ran = ran.assign(statistic="modularity", draw_count=0, is_deciding=False)
    compared = nulls.rename(columns={"null_model": "check_name"})
    reached = compared["null_mean"] + z_from * compared["null_sd"]
    compared = compared.assign(established_from=reached.where(compared["is_deciding"]))
    checks = pd.concat([ran, compared], ignore_index=True)
    return typed_frame(checks, CHECK_COLUMNS)
