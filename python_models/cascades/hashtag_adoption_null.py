"""Which hashtags people adopt after meeting them, against shuffled times."""


def model(dbt, _session):
    """Test hashtag by hashtag. One row per hashtag met."""
    from refugee_adaptation.cascades.adoption import adoption_null

    timelines = dbt.ref("int_cascades__timelines")
    encounters = dbt.ref("int_cascades__encounters")
    columns = "user_number, action_number, is_post, epoch(happened_at) as happened_at"
    return adoption_null(
        timelines.project(columns).df(),
        encounters.project("action_number, hashtag_number, is_use").df(),
        draws=dbt.config.meta_get("draws"),
        seed=dbt.config.meta_get("seed"),
        min_occasions=dbt.config.meta_get("min_occasions"),
    )
