"""What SQL calls by name: exact intervals and sentences."""

from __future__ import annotations

import duckdb
import pytest

from refugee_adaptation.sql_functions import exact_high, exact_low, register


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (0, 10, 0.0, 0.308497),
        (10, 10, 0.691503, 1.0),
        # where the score interval would clear one in a hundred, this one does not
        (5, 191, 0.008553, 0.060030),
        (850, 1000, 0.826342, 0.871575),
        (0, 0, None, None),
        (None, 10, None, None),
    ],
)
def test_exact_intervals_are_those_published(
    successes: int | None, trials: int, low: float | None, high: float | None
) -> None:
    found = exact_low(successes, trials), exact_high(successes, trials)
    assert [x if x is None else round(x, 6) for x in found] == [low, high]


def test_sql_calls_them_on_every_cursor() -> None:
    connection = duckdb.connect()
    register(connection)
    row = connection.cursor().execute(
        "select exact_low(5, 191), exact_high(null, 3), "
        "say(json_object('code', 'cases_any', 'count', 3), 'en'), say(null, 'zh')"
    )
    low, high, sentence, nothing = row.fetchall()[0]
    assert low == pytest.approx(0.008553, abs=1e-6)
    assert (high, sentence, nothing) == (None, "3 cases", None)
