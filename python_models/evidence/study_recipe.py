"""The study's own recipe on the posts as crawled: one row per figure."""


def model(dbt, _session):
    """Run the notebook's recipe in file order; see the package for the method."""
    from refugee_adaptation.evidence.reading import RECIPE_COLUMNS
    from refugee_adaptation.evidence.replication import replicate

    posts = dbt.ref("int_posts__as_crawled")
    in_file_order = posts.order("source_file, row_number")
    return replicate(
        in_file_order.project(", ".join(RECIPE_COLUMNS)).df(),
        row_limit=dbt.config.meta_get("row_limit"),
    )
