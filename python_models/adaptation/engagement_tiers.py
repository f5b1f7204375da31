"""Who received little, some and much engagement?"""


def model(dbt, _session):
    """Cut log engagement at its natural breaks. One row per post author."""
    from refugee_adaptation.adaptation.tiers import engagement_tiers

    users = dbt.ref("int_users__features")
    return engagement_tiers(users.order("user_number").df())
