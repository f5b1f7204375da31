"""Intervals in closed form, as SQL has them, against resampled users."""

from collections.abc import Iterator

import duckdb
import jinja2
import numpy as np
import pandas as pd
import pytest

from project_files import ROOT

METRICS = ("like_count", "collect_count", "comment_count", "share_count", "engagement")


def render(text: str, **names: object) -> str:
    """SQL of the project, with the macro that it needs."""
    macro = (ROOT / "dbt_project/macros/clustered_error.sql").read_text()
    return jinja2.Environment().from_string(macro + text).render(**names)


@pytest.fixture(scope="module")
def posts() -> pd.DataFrame:
    """2,000 posts of 500 users, of whom some have more success than others."""
    rng = np.random.default_rng(4)
    user = rng.integers(0, 500, 2_000)
    success = rng.normal(0, 1, 500)[user]
    likes = np.floor(np.exp(success + rng.normal(1, 1, 2_000))).astype(int)
    frame = pd.DataFrame(dict.fromkeys(METRICS, likes))
    kind = np.where(rng.random(2_000) < 0.5, "video", "image")
    return frame.assign(user_id=user.astype(str), post_type=kind)


def statistics(values: np.ndarray) -> tuple[float, float, float, float]:
    """Mean, median, share of the top 5 % and Gini coefficient."""
    values = np.sort(values)
    count = len(values)
    rank = np.arange(1, count + 1)
    top = values[-int(np.ceil(0.05 * count)) :].sum() / values.sum()
    gini = 2 * (rank * values).sum() / (count * values.sum()) - (count + 1) / count
    return float(values.mean()), float(np.median(values)), float(top), float(gini)


def resamples(posts: pd.DataFrame, draws: int) -> Iterator[np.ndarray]:
    """Likes of users drawn with replacement, with all their posts."""
    rng = np.random.default_rng(5)
    by_user = [part.to_numpy() for _, part in posts.groupby("user_id")["like_count"]]
    for _ in range(draws):
        drawn = rng.integers(0, len(by_user), len(by_user))
        yield np.concatenate([by_user[place] for place in drawn])


@pytest.mark.parametrize("statistic", ["mean", "median", "top_share", "gini"])
def test_intervals_are_those_of_resampled_users(
    posts: pd.DataFrame, statistic: str
) -> None:
    with duckdb.connect() as connection:
        connection.register("posts", posts)
        model = "dbt_project/models/engagement/int_posts__engagement_intervals.sql"
        query = render((ROOT / model).read_text(), ref=lambda _: "posts")
        found = connection.sql(query).df().set_index(["metric", "post_type"])
    row = found.loc[("like_count", "all")]
    low, high = row[f"{statistic}_low"], row[f"{statistic}_high"]
    place = ["mean", "median", "top_share", "gini"].index(statistic)
    drawn = [statistics(values)[place] for values in resamples(posts, 600)]
    expected = np.quantile(drawn, [0.025, 0.975])
    width = expected[1] - expected[0]
    # a median is a whole number; 600 draws leave 5 % of the width to chance
    slack = 1 if statistic == "median" else 0.15 * width
    assert [low, high] == pytest.approx(expected, abs=slack)


def test_users_who_post_alike_make_an_error_larger(posts: pd.DataFrame) -> None:
    query = render(
        "select {{ clustered_error('influence') }} from (select sum((like_count - mean)"
        " / count) as influence from (select *, avg(like_count) over () as mean,"
        " count(*) over () as count from posts) group by {{ unit }})",
        unit="user_id",
    )
    with duckdb.connect() as connection:
        connection.register("posts", posts)
        (clustered,) = connection.sql(query).fetchall()[0]
    alone = posts["like_count"].std() / np.sqrt(len(posts))
    assert clustered > 1.2 * alone
    drawn = [values.mean() for values in resamples(posts, 600)]
    assert clustered == pytest.approx(np.std(drawn), rel=0.1)
