"""Algorithms that SQL calls by name, registered on every connection that dbt opens.

SQL says what is meant; what has no closed form there, or makes words, is computed here.
The functions exist while dbt runs; the tables that it leaves need none of them.
"""

from __future__ import annotations

import math

import duckdb
from duckdb.func import SPECIAL
from duckdb.sqltypes import BIGINT, DOUBLE, VARCHAR

from refugee_adaptation.wording.messages import say

# of an exact 95 % interval, the chance beyond either end
TAIL = 0.025


def exact_low(successes: int | None, trials: int | None) -> float | None:
    """The lower end of the exact 95 % interval of a share.

    Source: Clopper and Pearson (1934), The use of confidence or fiducial limits, by
    quantiles of the beta distribution.

    Args:
        successes: from 0 to `trials`.
        trials: how often it could have happened.

    Returns:
        A share from 0 to 1; None without trials, or where a number is missing.
    """
    if successes is None or not trials:
        return None
    if successes == 0:
        return 0.0
    # a second of every dbt command, which most of them do not need
    from scipy.stats import beta

    return float(beta.ppf(TAIL, successes, trials - successes + 1))


def exact_high(successes: int | None, trials: int | None) -> float | None:
    """The upper end of the exact 95 % interval of a share; see `exact_low`."""
    if successes is None or not trials:
        return None
    low_of_failures = exact_low(trials - successes, trials)
    return None if low_of_failures is None else 1.0 - low_of_failures


def exact_tail(
    successes: int | None, trials: int | None, share: float | None
) -> float | None:
    """How probable so many successes or more are if each has this chance.

    Twice it is at or under .05 where the exact 95 % interval lies above the share.

    Args:
        successes: from 0 to `trials`.
        trials: how often it could have happened.
        share: the chance of a success, 0 to 1.

    Returns:
        The upper tail of a binomial distribution; None without trials, or where a
        number is missing.
    """
    if successes is None or share is None or not trials:
        return None
    from scipy.stats import binom

    return float(binom.sf(successes - 1, trials, share))


def tail_beyond(z_score: float | None, draws: int | None) -> float | None:
    """How probable a value at least so far above the mean is, under a normal null.

    Of a null that is known from a sample alone, the mean and deviation are estimates:
    a further draw of it follows Student's t.

    Args:
        z_score: distance from the mean, in standard deviations.
        draws: how many draws the mean and deviation are from; None where they are
            known.

    Returns:
        The upper tail; None where the distance is missing, or of fewer than two draws.

    Source: Geisser (1993), Predictive inference, on the predictive distribution of a
        normal sample.
    """
    if z_score is None or not math.isfinite(z_score):
        return None
    if draws is None:
        return math.erfc(z_score / math.sqrt(2.0)) / 2.0
    if draws < 2:
        return None
    from scipy.stats import t

    return float(t.sf(z_score / math.sqrt(1.0 + 1.0 / draws), draws - 1))


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the functions known to a database; all its cursors share them.

    Args:
        connection: a new connection, of the database.
    """
    connection.create_function(
        "say", say, [VARCHAR, VARCHAR], VARCHAR, null_handling=SPECIAL
    )
    connection.create_function(
        "exact_low", exact_low, [BIGINT, BIGINT], DOUBLE, null_handling=SPECIAL
    )
    connection.create_function(
        "exact_high", exact_high, [BIGINT, BIGINT], DOUBLE, null_handling=SPECIAL
    )
    connection.create_function(
        "exact_tail",
        exact_tail,
        [BIGINT, BIGINT, DOUBLE],
        DOUBLE,
        null_handling=SPECIAL,
    )
    connection.create_function(
        "tail_beyond", tail_beyond, [DOUBLE, BIGINT], DOUBLE, null_handling=SPECIAL
    )
