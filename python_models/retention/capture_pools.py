"""Capture-recapture bounds of the pool of users."""


def model(dbt, session):
    """Bound the pool behind two samples. One row per pair of samples."""
    from refugee_adaptation.retention.pools import pool_bounds

    pairs = dbt.ref("int_retention__overlaps")
    return pool_bounds(pairs.order("pair_kind, entity, first_name, second_name").df())
