"""Do people adopt hashtags after meeting them, all and each, against shuffled times?"""


def model(dbt, _session):
    """Shuffle when notes came. One row per hashtag, number of exposures and summary."""
    from refugee_adaptation.cascades.adoption import adoption_null

    timelines = dbt.ref("int_cascades__timelines")
    columns = "user_number, action_number, is_post, epoch(happened_at) as happened_at"
    return adoption_null(
        timelines.project(columns).distinct().df(),
        timelines.filter("hashtag_number is not null")
        .project("action_number, hashtag_number, is_post as is_use")
        .df(),
        draws=dbt.config.meta_get("draws"),
        budget=dbt.config.meta_get("budget"),
        seed=dbt.config.meta_get("seed"),
        max_exposures=dbt.config.meta_get("max_exposures"),
        min_occasions=dbt.config.meta_get("min_occasions"),
    )
