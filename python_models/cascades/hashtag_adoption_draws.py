"""Hashtag adoption by number of exposures, observed and with shuffled times."""


def model(dbt, _session):
    """Shuffle when notes came. One row per number of exposures and draw."""
    from refugee_adaptation.cascades.adoption import adoption_draws

    timelines = dbt.ref("int_cascades__timelines")
    encounters = dbt.ref("int_cascades__encounters")
    columns = "user_number, action_number, is_post, epoch(happened_at) as happened_at"
    return adoption_draws(
        timelines.project(columns).df(),
        encounters.project("action_number, hashtag_number, is_use").df(),
        draws=dbt.config.meta_get("draws"),
        seed=dbt.config.meta_get("seed"),
        max_exposures=dbt.config.meta_get("max_exposures"),
    )
