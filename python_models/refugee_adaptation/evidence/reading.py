"""How the founding study's notebook reads counts and texts, errors included."""

import logging
import re
from functools import cache
from typing import Any

import jieba
import numpy as np
import pandas as pd

from refugee_adaptation.shared.arrays import FloatArray

METRICS = ("collect", "comment", "share", "like")
"""The notebook's order of the four counts."""
# what pandas.read_csv takes for a missing value by default
MISSING_TEXT = frozenset(
    [
        "",
        "#N/A",
        "#N/A N/A",
        "#NA",
        "-1.#IND",
        "-1.#QNAN",
        "-NaN",
        "-nan",
        "1.#IND",
        "1.#QNAN",
        "<NA>",
        "N/A",
        "NA",
        "NULL",
        "NaN",
        "None",
        "n/a",
        "nan",
        "null",
    ]
)
PLACEHOLDER = "nan"
TOPIC_MARKER = "话题"
# the notebook's class; the four last are the Chinese comma, stop, ! and ?
DROPPED_CHARACTERS = re.compile(r"[^\u4e00-\u9fa5a-zA-Z0-9\s\uff0c\u3002\uff01\uff1f]")
RECIPE_COLUMNS = (
    "user_id",
    "read_problem",
    "is_second_wave",
    "title_raw",
    "body_raw",
    *(f"{metric}_count_raw" for metric in METRICS),
)


def read_count(text: str | None) -> int | None:
    """Read one count as the notebook does, errors included.

    A plus sign is dropped; with 万 the digits and the point are a number of ten
    thousands; otherwise all digits are run together. So `1千+` is 1, `10+` is 10,
    `1.2亿` is 12 and `-1` is 1.

    Args:
        text: the count as crawled; None or a text pandas takes for missing is 0.

    Returns:
        The notebook's number, or None where it stops with an error (no digit).
    """
    if text is None or text in MISSING_TEXT:
        return 0
    value = text.replace("+", "")
    if "万" in value:
        try:
            return int(float(re.sub(r"[^\d.]", "", value)) * 10000)
        except ValueError:
            return None
    digits = re.sub(r"\D", "", value)
    return int(digits) if digits else None


def read_counts(posts: pd.DataFrame) -> FloatArray:
    """The notebook's counts, n rows x 4 metrics; NaN where it would stop."""
    columns = [
        [
            np.nan if (count := read_count(text)) is None else float(count)
            for text in posts[f"{metric}_count_raw"].fillna("")
        ]
        for metric in METRICS
    ]
    return np.array(columns, dtype=np.float64).T


@cache
def _tokenizer() -> Any:
    # an own instance: words that other code adds to jieba must not reach the recipe
    jieba.setLogLevel(logging.WARNING)
    return jieba.Tokenizer()


def cut_text(text: str | None) -> str:
    """Clean and cut one title or body as the notebook does.

    A missing text becomes the word `nan`; only CJK ideographs up to U+9FA5, ASCII
    letters and digits, blanks and four Chinese marks are kept; jieba cuts the rest
    and the pieces are joined by blanks.

    Args:
        text: the text as crawled, or None.

    Returns:
        The cut text, '' when no character is kept.
    """
    read = PLACEHOLDER if text is None or text in MISSING_TEXT else text
    return " ".join(_tokenizer().cut(DROPPED_CHARACTERS.sub("", read).strip()))
