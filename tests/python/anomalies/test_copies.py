"""Near copies against exact indices, by scripts, and what must not be grouped."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix

from refugee_adaptation.anomalies.copies import (
    GROUP_DTYPES,
    candidate_pairs,
    group_texts,
    text_words,
    word_bits,
)
from refugee_adaptation.shared.words import cutter

LATIN = [f"{one}{two}" for one in ("ba", "ko", "lu", "mi") for two in "cdfghjklmnprst"]
HAN = list("春夏秋冬东南西北金木水火土风雨雷电云霜雪山川江河湖海日月星辰花草树虫鱼鸟兽")
TELLING = 40  # bits, the setting anomaly_copy_bits
_CONSONANTS = "กขคงจฉชซญดตถทธนบปผฝพฟภมยรลวศสหอฮ"
THAI = [f"{one}า{two}" for one in _CONSONANTS[:6] for two in _CONSONANTS[6:16]]


def crawl(texts: list[str], users: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "post_id": [f"p{place}" for place in range(len(texts))],
            "user_id": users,
            "post_number": np.arange(1, len(texts) + 1),
            "text": texts,
        }
    )


def ordinary(rng: np.random.Generator, pool: list[str], gap: str) -> list[str]:
    return [gap.join(rng.choice(pool, 12)) for _ in range(200)]


def spin(rng: np.random.Generator, frame: list[str], pool: list[str]) -> list[str]:
    """The frame with other words in three places."""
    spun = list(frame)
    for place in (2, 7, 11):
        spun[place] = str(rng.choice(pool))
    return spun


@pytest.mark.parametrize(("pool", "gap"), [(LATIN, " "), (HAN, "、"), (THAI, "")])
def test_templates_are_found_in_any_script_and_nothing_else(
    pool: list[str], gap: str
) -> None:
    rng = np.random.default_rng(4)
    texts = ordinary(rng, pool, gap)
    frame = [str(word) for word in rng.choice(pool, 16, replace=False)]
    texts += [gap.join(spin(rng, frame, pool)) for _ in range(10)]
    posts = crawl(texts, [*map(str, range(200)), *["spinner"] * 10])
    found = group_texts(posts, 0.5, 1).merge(posts, on="post_id")
    mine = found[found["user_id"] == "spinner"]
    assert set(mine["text_group_id"]) <= set(mine["post_id"])
    (_, largest), *_ = sorted(
        mine.groupby("text_group_id"), key=lambda group: -len(group[1])
    )
    assert len(largest) >= 7
    assert (len(largest) - 1) * largest["shared_bits"].min() >= TELLING
    others = found[found["user_id"] != "spinner"]
    assert not (others["shared_bits"] >= TELLING).any()
    # three words of sixteen differ
    assert group_texts(posts, 0.95, 1).empty


def test_what_everybody_writes_tells_little() -> None:
    marks = "abcdefghijklmnopqrstuvwxyz"
    texts = ["hello friends"] * 26 + ["copper kettle drizzle"] * 3 + ["hello kettle"]
    users = [*marks, "bot", "bot", "bot", "other"]
    # everybody's words in texts of their own, so that the line is known to be common
    texts += [f"hello friends word{mark}" for mark in marks]
    users += [*marks]
    found = group_texts(crawl(texts, users), 0.9, 1).set_index("post_id")
    assert found.loc["p26", "shared_bits"] > 12
    assert found.loc["p0", "shared_bits"] < 1
    assert "p29" not in found.index


def test_copiers_do_not_make_their_words_common() -> None:
    marks = "abcdefghijklmnopqrstuvwxyz"
    texts = [f"word{mark} again" for mark in marks] + ["rare line today"] * 50
    users = [*marks, *(f"bot{place}" for place in range(50))]
    found = group_texts(crawl(texts, users), 0.5, 1)
    assert found["text_group_id"].unique().tolist() == ["p26"]
    # the words of one writer among 27, and not of 50 among 76
    assert found["shared_bits"].tolist() == pytest.approx([3 * np.log2(28)] * 50)


def test_a_signature_is_no_copy() -> None:
    rng = np.random.default_rng(4)
    texts = [" ".join(rng.permutation(LATIN)[:40]) for _ in range(100)]
    signed = [" ".join(rng.permutation(LATIN)[:9]) for _ in range(8)]
    posts = crawl(
        texts + [f"{text} ring or ask my shop" for text in signed],
        [*map(str, range(100)), *["seller"] * 8],
    )
    found = group_texts(posts, 0.5, 1).merge(posts, on="post_id")
    assert "seller" not in set(found["user_id"])
    # five words of one person among 101, and nine of their own that seven in ten use
    own = 9 * np.log2(102 / 72)
    assert 5 * np.log2(102) / (5 * np.log2(102) + 2 * own) > 0.5


def test_small_changes_make_no_chain() -> None:
    words = [f"w{place}x" for place in map(chr, range(97, 97 + 24))]
    texts = [" ".join(words[start : start + 8]) for start in range(16)]
    posts = crawl(texts, [*map(str, range(16))])
    groups = group_texts(posts, 0.6, 1)
    assert groups["text_group_id"].nunique() > 3
    assert groups.groupby("text_group_id").size().max() <= 3


def test_the_order_of_rows_changes_nothing() -> None:
    rng = np.random.default_rng(2)
    texts = ordinary(rng, LATIN[:20], " ")
    posts = crawl(texts, [str(place % 40) for place in range(200)])
    one = group_texts(posts, 0.4, 1)
    other = group_texts(posts.sample(frac=1, random_state=1), 0.4, 1)
    assert len(one) > 10
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize("texts", [[], ["one text"], ["", "", ""], ["12", "!", "12"]])
def test_no_text_and_one_text_have_no_copies(texts: list[str]) -> None:
    posts = crawl(texts, ["user"] * len(texts)).astype({"text": "object"})
    found = group_texts(posts, 0.5, 1)
    assert found.empty
    assert found.dtypes.astype(str).to_dict() == GROUP_DTYPES


def test_a_missing_text_is_no_text() -> None:
    posts = crawl(["same words here", "same words here", ""], ["a", "b", "c"])
    posts.loc[2, "text"] = None
    assert group_texts(posts, 0.5, 1)["post_id"].tolist() == ["p0", "p1"]


@pytest.mark.parametrize("similarity", [0.0, -0.1, 1.1, float("nan")])
def test_a_similarity_is_a_share(similarity: float) -> None:
    with pytest.raises(ValueError, match="min_similarity"):
        group_texts(crawl(["a"], ["b"]), similarity, 1)


def test_the_tokeniser_must_be_known() -> None:
    with pytest.raises(ValueError, match="expected 'rjieba'"):
        group_texts(crawl(["a"], ["b"]), 0.5, 1, tokeniser="none")


def test_words_of_every_script() -> None:
    cut = cutter("rjieba")
    assert text_words("it costs 12, привет! 我喜欢火锅 すし ไทยท", cut) == [
        *("it", "costs", "привет", "我", "喜欢", "火锅", "すし", "ไทย", "ทยท")
    ]


def test_texts_of_a_person_count_as_one() -> None:
    texts = csr_matrix(np.array([[1, 1, 0], [1, 0, 0], [1, 0, 1]]))
    bits = word_bits(texts, np.array([0, 0, 1]))
    assert bits == pytest.approx(np.log2([3 / 2, 3 / 0.5, 3]))


@pytest.mark.parametrize(("shared", "least", "most"), [(9, 0.95, 1), (2, 0, 0.2)])
def test_alike_texts_meet_in_a_bucket(shared: int, least: float, most: float) -> None:
    """Pairs of weighed Jaccard index shared / (24 - shared), each of its own words."""
    pairs, each = 200, 12
    rows, columns = [], []
    for pair in range(pairs):
        start = pair * 2 * each
        common = range(start, start + shared)
        for side in (0, 1):
            own = start + shared + side * (each - shared)
            for word in [*common, *range(own, own + each - shared)]:
                rows.append(2 * pair + side)
                columns.append(word)
    shape = (2 * pairs, 2 * each * pairs)
    texts = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)
    met = candidate_pairs(texts, np.ones(shape[1]), seed=3)
    right = met[:, 0] - met[:, 1] == 1
    assert least <= right.sum() / pairs <= most
    assert (met[:, 0] > met[:, 1]).all()


def test_buckets_prefer_words_that_tell() -> None:
    """One common word of ten tells nine tenths: the index is .9 and not .05."""
    rows = np.repeat(np.arange(400), 11)
    words: list[int] = []
    for text in range(400):
        words += [text // 2, *range(200 + text * 10, 210 + text * 10)]
    texts = csr_matrix((np.ones(len(rows)), (rows, words)), shape=(400, 4200))

    def met(common: float) -> int:
        bits = np.r_[np.full(200, common), np.ones(4000)]
        return len(candidate_pairs(texts, bits, seed=3))

    assert met(180.0) >= 195
    assert met(1.0) <= 20
