"""The interval of a share, as a piece of SQL that several queries use."""

# 97.5th percentile of the standard normal distribution
_Z = 1.959963985


def wilson(positive: str, total: str, end: str) -> str:
    """Write one end of the 95 % interval of a share (Wilson 1927).

    Args:
        positive: column with the number of positives.
        total: column with the number of all.
        end: `low` or `high`.

    Returns:
        A SQL expression, null where the total is zero.
    """
    sign = {"low": "-", "high": "+"}[end]
    z = _Z
    return (
        f"case when {total} > 0 then least(1, greatest(0, ({positive} + {z**2 / 2} "
        f"{sign} {z} * sqrt({positive} * ({total} - {positive}) / {total} "
        f"+ {z**2 / 4})) / ({total} + {z**2}))) end"
    )
