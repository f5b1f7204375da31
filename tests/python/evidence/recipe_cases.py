"""Small crawls, the study's and their figures, which several tests use."""

import csv
import re
from functools import cache

import numpy as np
import pandas as pd

from conftest import real_crawl
from refugee_adaptation.evidence.reading import (
    METRICS,
)

COUNT_PATTERN = re.compile(r"([\d.]+)(千|万)?(\+)?")


UNITS = {"千": 1_000, "万": 10_000, None: 1}


BAND_ENDS = {10: 999.0, 1_000: 9_999.0, 10_000: np.nan}


def interval(text: str) -> tuple[float, float]:
    match = COUNT_PATTERN.fullmatch(text)
    assert match is not None
    low = round(float(match[1]) * UNITS[match[2]])
    return float(low), BAND_ENDS[low] if match[3] else float(low)


def make_posts(counts, title="hello", body="tiktok refugee"):
    """Posts with the same text; counts are rows of (collect, comment, share, like)."""
    frame = pd.DataFrame(
        {
            "user_id": [f"u{row}" for row in range(len(counts))],
            "read_problem": None,
            "is_second_wave": [row % 2 == 0 for row in range(len(counts))],
            "title_raw": title,
            "body_raw": body,
        },
        index=range(len(counts)),
    )
    for column, metric in enumerate(METRICS):
        texts = [str(row[column]) for row in counts]
        bounds = [interval(text) for text in texts]
        frame[f"{metric}_count_raw"] = pd.Series(texts, dtype=object)
        frame[f"{metric}_count"] = [low for low, _ in bounds]
        frame[f"{metric}_count_band_end"] = [high for _, high in bounds]
    return frame


def synthetic_posts(rows=120):
    rng = np.random.default_rng(7)
    counts = np.expm1(rng.normal(3, 2, (rows, 4))).clip(0).astype(int)
    posts = make_posts(counts.tolist())
    words = ["tiktok", "refugee", "hello", "friends", "music", "中国", "小红书"]
    posts["title_raw"] = [" ".join(rng.choice(words, 3)) for _ in range(rows)]
    posts["body_raw"] = [" ".join(rng.choice(words, 6)) for _ in range(rows)]
    return posts


def values(frame):
    return {
        row.figure_id: row.figure_text
        if isinstance(row.figure_text, str)
        else row.figure_value
        for row in frame.itertuples()
    }


def reasons(frame):
    return dict(zip(frame["figure_id"], frame["reason"], strict=True))


@cache
def study_crawl():
    """The study's posts as crawled; the test is skipped where they are not at hand."""
    with real_crawl("study").open(encoding="utf-8-sig", newline="") as file:
        rows = pd.DataFrame(list(csv.DictReader(file)))
    counts = rows[[f"{metric}_count" for metric in METRICS]].to_numpy().tolist()
    posts = make_posts(counts)
    posts["user_id"] = rows["user_id"]
    written = pd.to_datetime(rows["create_time"], format="%m/%d/%Y %H:%M")
    posts["is_second_wave"] = written >= "2025-02-01"
    posts["title_raw"] = rows["title"].replace("", None)
    posts["body_raw"] = rows["content"].replace("", None)
    return posts
