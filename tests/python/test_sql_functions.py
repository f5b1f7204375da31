"""What SQL calls by name: exact intervals and sentences."""

from __future__ import annotations

import duckdb
import pytest

from refugee_adaptation.sql_functions import (
    exact_high,
    exact_low,
    exact_tail,
    register,
    tail_beyond,
)


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


@pytest.mark.parametrize(
    ("successes", "trials", "share", "tail"),
    [
        # Clopper and Pearson's end is where the tail is .025
        (5, 191, 0.008553, 0.025),
        (8, 20, 0.5, 0.868412),
        (0, 20, 0.5, 1.0),
        (3, 0, 0.5, None),
        (None, 3, 0.5, None),
    ],
)
def test_exact_tails(
    successes: int | None, trials: int, share: float, tail: float | None
) -> None:
    found = exact_tail(successes, trials, share)
    assert found is tail is None or found == pytest.approx(tail, abs=1e-5)


@pytest.mark.parametrize(
    ("z_score", "draws", "tail"),
    [
        (1.959964, None, 0.025),
        (-1.959964, None, 0.975),
        # 2.086 is the 97.5 % quantile of Student's t with 20 degrees of freedom
        (2.085963 * (1 + 1 / 21) ** 0.5, 21, 0.025),
        (3.0, 1, None),
        (None, 20, None),
        (float("nan"), 20, None),
    ],
)
def test_tails_of_a_normal_null(
    z_score: float | None, draws: int | None, tail: float | None
) -> None:
    found = tail_beyond(z_score, draws)
    assert found is tail is None or found == pytest.approx(tail, abs=1e-6)


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
