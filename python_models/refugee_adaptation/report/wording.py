"""Numbers as people read them: thousands apart, shares in percent, intervals closed."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

MISSING = "\u2013"
# what is nearer to zero is zero but for the last digits of the arithmetic
TINY = 1e-9
# a smaller p-value is written as smaller than this
LEAST_P = 0.0001


def number(value: Any, digits: int = 3) -> str:
    """Write a number.

    Args:
        value: an integer, a float or None.
        digits: significant digits of a float below 1000.

    Returns:
        Such as `12,345`, `0.120`; a dash for nothing.
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return MISSING
    if isinstance(value, float) and not value.is_integer() and abs(value) < 1000:
        if abs(value) < TINY:
            return "0"
        written = f"{value:#.{digits}g}".rstrip(".")
        return written.replace("e-", "e\u2212").replace("-", "\u2212")
    return f"{round(value):,}".replace("-", "\u2212")


def p_value(value: Any) -> str:
    """Write a p-value.

    Args:
        value: 0 to 1, or None.

    Returns:
        Such as `0.0244`, `< 0.0001`; a dash for nothing.
    """
    if value is not None and value < LEAST_P:
        return f"< {LEAST_P}"
    return number(value)


def percent(value: Any) -> str:
    """Write a share in percent.

    Args:
        value: 0 to 1, or None.

    Returns:
        Such as `83.6 %`; a dash for nothing.
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return MISSING
    hundred = 100 * float(value)
    # what would be rounded to all or nothing, and is neither, gets more digits
    short = round(hundred, 1)
    small = short in (0, 100) and abs(hundred - short) > TINY
    return f"{hundred:.{3 if small else 1}f}\u00a0%".replace("-", "\u2212")


def span(low: Any, high: Any, *, share: bool = False) -> str:
    """Write an interval.

    Args:
        low: lower end, or None.
        high: upper end, or None.
        share: whether both ends are shares of 1.

    Returns:
        Such as `[31, 40]`; a dash where both ends are unknown.
    """
    if low is None and high is None:
        return MISSING
    write = percent if share else number
    return f"[{write(low)}, {write(high)}]"


def moment(value: Any) -> str:
    """Write a date or a time.

    Args:
        value: a date, a datetime (UTC), or None.

    Returns:
        ISO 8601 without seconds; a dash for nothing.
    """
    if value is None:
        return MISSING
    if isinstance(value, dt.datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return f"{value:%Y-%m-%d}" if midnight else f"{value:%Y-%m-%d %H:%M}"
    return str(value)
