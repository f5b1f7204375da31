"""Words: how text is cut, and that both tokenisers cut the same."""

import pandas as pd
import pytest

from refugee_adaptation.shared.words import WORD_COLUMNS, count_words, cutter

# cleaned text of every kind: Chinese, English, both, digits, quotes, other scripts
CLEANED = [
    "你好 我是从美国来的抖音难民。很高兴认识大家",
    "i'm new here, it's great; america's best don't stop",
    "我来自纽约 new york 请教我中文 thank you so much",
    "小红书上的美食和旅行攻略真的太多了。今天学会了做饺子",
    "2025 年 1 月 13 日 ok? №5 привет こんにちは café",
    "他说“不知道”。然后就走了。南京市长江大桥",
]


def posts(*texts, hashtags=None):
    return pd.DataFrame(
        {
            "post_id": [f"p{n}" for n in range(len(texts))],
            "post_number": range(1, len(texts) + 1),
            "text_clean": texts,
            "hashtags": hashtags or [[] for _ in texts],
        }
    )


def words_of(text, script="latin", **settings):
    found = count_words(posts(text), **settings)
    return set(found.loc[found["script"] == script, "word"])


def test_contractions_are_one_word_and_possessives_lose_their_ending():
    assert words_of("i\u2019m sure it's america's, y'all don't") == {
        "i'm",
        "sure",
        "it's",
        "america",
        "y'all",
        "don't",
    }


def test_numbers_punctuation_and_quotes_are_no_words():
    assert words_of("'hello' 2025 -- 49ers!! y2k") == {"hello", "ers", "y2k"}


def test_domain_terms_are_not_cut():
    text = "我是抖音难民在小红书"
    assert "抖音难民" not in words_of(text, "han")
    kept = words_of(text, "han", protected_terms=["抖音", "抖音难民", "小红书"])
    assert {"抖音难民", "小红书"} <= kept
    assert "抖音" not in kept


def test_hashtags_are_whole_and_not_counted_as_text():
    found = count_words(posts("hi #tiktokban hi", hashtags=[["tiktokban", "猫猫税"]]))
    assert list(
        zip(found["word"], found["script"], found["word_count"], strict=True)
    ) == [
        ("tiktokban", "hashtag", 1),
        ("猫猫税", "hashtag", 1),
        ("hi", "latin", 2),
    ]


def test_missing_text_and_tags_give_no_word_and_no_nan():
    frame = posts("", "ok")
    frame["text_clean"] = [None, "ok"]
    frame["hashtags"] = [None, float("nan")]
    assert list(count_words(frame)["word"]) == ["ok"]


def test_no_posts_give_an_empty_frame_of_the_right_types():
    found = count_words(posts())
    assert found.empty
    assert found.dtypes.astype(str).to_dict() == WORD_COLUMNS


def test_the_order_of_rows_does_not_matter():
    frame = posts(*CLEANED)
    pd.testing.assert_frame_equal(
        count_words(frame), count_words(frame.sample(frac=1, random_state=1))
    )


def test_both_tokenisers_cut_cleaned_text_the_same():
    pd.testing.assert_frame_equal(
        count_words(posts(*CLEANED), tokeniser="rjieba", protected_terms=["小红书"]),
        count_words(posts(*CLEANED), tokeniser="jieba", protected_terms=["小红书"]),
    )


def test_an_unknown_tokeniser_is_refused():
    with pytest.raises(ValueError, match="expected 'rjieba' or 'jieba'"):
        cutter("spaces")


def test_long_work_says_how_far_it_is(monkeypatch, capsys):
    monkeypatch.setattr("refugee_adaptation.shared.words._PROGRESS_SECONDS", 0.0)
    count_words(posts("a b", "c d"))
    assert "words: 1 of 2 posts" in capsys.readouterr().err


def new_words(*texts, **given):
    found = count_words(posts(*texts, **given))
    found = found[found["distinct_count"] > 0]
    return [
        sorted(found.loc[found["post_number"] == number + 1, "word"])
        for number in range(len(texts))
    ]


def test_what_an_earlier_post_has_is_repeated():
    first = "see the old lighthouse at noon"
    copied = f"today we {first} friends"
    assert new_words(first, copied)[1] == ["friends", "today", "we"]
    # a word put into the sentence is new, the rest of it is not
    changed = "see the old lantern at noon"
    assert new_words(first, changed)[1] == ["lantern"]
    assert new_words("old noon see the", first)[1] == sorted(first.split())
    # the same post may say it again
    twice = count_words(posts(f"{first} {first}"))
    assert (twice["distinct_count"] == twice["word_count"]).all()


def test_a_short_text_and_a_set_of_tags_are_repeated_whole():
    assert new_words("hello friends", "hello friends", "hello all my friends")[1:] == [
        [],
        ["all", "friends", "hello", "my"],
    ]
    tags = [["a", "b", "c"], ["a", "b", "c"], ["a", "c"]]
    assert new_words("x", "y", "z", hashtags=tags)[1:] == [["y"], ["a", "c", "z"]]
