"""How well models and their baselines rank users they have not seen."""


def model(dbt, session):
    """Score held-out predictions. One row per label, model and validation."""
    from refugee_adaptation.retention.evaluation import (
        beside_baselines,
        predict_held_out,
        score_predictions,
    )

    users = dbt.ref("int_retention__features").df()
    evidence = dbt.ref("retention_identifiability").df()
    settings = dbt.config.meta_get("settings")
    held_out = predict_held_out(
        users, evidence=evidence, repeats=dbt.config.meta_get("repeats"), **settings
    )
    scores = score_predictions(
        held_out,
        users,
        evidence=evidence,
        permutations=dbt.config.meta_get("permutations"),
        **settings,
    )
    return beside_baselines(scores, alpha=dbt.config.meta_get("alpha"))
