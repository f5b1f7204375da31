"""Reply trees against random trees that grow with the same out-degrees."""


def model(dbt, _session):
    """Compare reply trees with their null. One row per cascade and statistic."""
    from refugee_adaptation.cascades.shape import shape_null

    tree = dbt.ref("int_cascades__reply_tree")
    notes = dbt.ref("int_cascades__notes")
    comments = tree.join(notes.project("post_id, cascade_number"), "post_id").project(
        "cascade_number, comment_number, tree_parent_number as parent_comment_number"
    )
    return shape_null(
        comments.df(),
        draws=dbt.config.meta_get("draws"),
        seed=dbt.config.meta_get("seed"),
        min_comments=dbt.config.meta_get("min_comments"),
        max_comments=dbt.config.meta_get("max_comments"),
    )
