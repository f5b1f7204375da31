"""Numbers as people read them: thousands apart, shares in percent, intervals closed."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

MISSING = "\u2013"
MINUS = "\u2212"
# what is nearer to zero is zero but for the last digits of the arithmetic
TINY = 1e-9
# what is nearer to none or to all is written as nearer than this
LEAST_PERCENT = 0.001
# a smaller p-value is written as smaller than this
LEAST_P = 0.0001
# a rank is settled if its interval spans no larger a part of all ranks
LEAST_SETTLED = 0.25
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


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
        # three digits would say 1.00e+03 of 999.96
        if abs(value) >= 10**digits - 0.5:
            return number(round(value))
        written = f"{value:#.{digits}g}".rstrip(".")
        return written.replace("e-", f"e{MINUS}").replace("-", MINUS)
    return f"{round(value):,}".replace("-", MINUS)


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
    if small and abs(hundred - short) < LEAST_PERCENT:
        return (
            f"< {LEAST_PERCENT}\u00a0%"
            if short == 0
            else f"> {100 - LEAST_PERCENT}\u00a0%"
        )
    return f"{hundred:.{3 if small else 1}f}\u00a0%".replace("-", MINUS)


def points(value: Any) -> str:
    """Write a change of a share in percentage points.

    Args:
        value: -1 to 1, or None.

    Returns:
        Such as `+34.9`; a dash for nothing.
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return MISSING
    written = f"{100 * float(value):+.1f}"
    return written.lstrip("+-") if float(written) == 0 else written.replace("-", MINUS)


def of_hundred(value: Any) -> str:
    """Write a share as so many in a hundred.

    Args:
        value: 0 to 1, or None.

    Returns:
        Such as `30`, `< 1`; a dash for nothing.
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return MISSING
    hundred = 100 * float(value)
    if 0 < hundred < 0.5:
        return "< 1"
    return "> 99" if 99.5 <= hundred < 100 else number(round(hundred))


def rank(place: Any, low: Any, high: Any, count: int) -> str:
    """Write a rank where the crawl settles it.

    Args:
        place: the rank.
        low: the best rank of its interval, or None.
        high: the worst rank of its interval, or None.
        count: how many are ranked.

    Returns:
        Such as `12`; a dash where the interval spans more than a quarter of all.
    """
    known = None not in (low, high) and high - low <= LEAST_SETTLED * count
    return number(place) if known else MISSING


def span(low: Any, high: Any, write: Callable[[Any], str] = number) -> str:
    """Write an interval, both ends with the same decimals.

    Args:
        low: lower end, or None.
        high: upper end, or None.
        write: writes an end.

    Returns:
        Such as `[31, 40]`, `[8.0, 30.4]`; a dash where both ends are unknown, or where
        they are the same, as of a single observation.
    """
    if (low is None and high is None) or low == high:
        return MISSING
    if write is number and low is not None and high is not None:
        return f"[{', '.join(_alike(float(low), float(high)))}]"
    return f"[{write(low)}, {write(high)}]"


def _alike(low: float, high: float, digits: int = 3) -> tuple[str, str]:
    """Write two numbers with the decimals that the larger one has."""
    largest = max(abs(low), abs(high))
    whole = low.is_integer() and high.is_integer()
    size = math.floor(math.log10(largest)) if largest > TINY else 0
    decimals = 0 if whole else max(0, digits - 1 - size)

    def write(value: float) -> str:
        written = f"{value:,.{decimals}f}"
        # what is rounded to zero has no sign
        zero = not written.strip("-0.")
        return (written.lstrip("-") if zero else written).replace("-", MINUS)

    ends = write(low), write(high)
    while decimals > 1 and all(end.endswith("0") for end in ends):
        decimals -= 1
        ends = write(low), write(high)
    return ends


def day(value: dt.date, language: str) -> str:
    """Write a date in words.

    Args:
        value: a date or a datetime.
        language: `en` or `zh`.

    Returns:
        Such as `14 January 2025`, `2025年1月14日`.
    """
    if language == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


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
