"""What the study's figures should be compared with: one row per figure."""


def model(dbt, _session):
    """Fit log counts and nulls without groups; see the package for the method."""
    from refugee_adaptation.evidence.correction import BAND_COLUMNS, correct
    from refugee_adaptation.evidence.reading import RECIPE_COLUMNS

    posts = dbt.ref("int_posts__as_crawled")
    in_file_order = posts.order("source_file, row_number")
    columns = [*RECIPE_COLUMNS, *BAND_COLUMNS]
    return correct(
        in_file_order.project(", ".join(columns)).df(),
        null_draws=dbt.config.meta_get("null_draws"),
        row_limit=dbt.config.meta_get("row_limit"),
        seed=dbt.config.meta_get("seed"),
    )
