"""How the notebook reads counts and texts, its errors included."""

import jieba
import pytest

from refugee_adaptation.evidence.reading import (
    cut_text,
    read_count,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("1.2万", 12_000),
        ("13.7万", 137_000),
        ("10+", 10),
        ("1千+", 1),
        ("1万+", 10_000),
        ("1.2亿", 12),
        ("-1", 1),
        ("1,234", 1_234),
        ("", 0),
        (None, 0),
        ("None", 0),
        ("nan", 0),
        ("赞", None),
        ("万", None),
        ("1.2.3万", None),
    ],
)
def test_read_count_keeps_the_notebooks_errors(text, number):
    assert read_count(text) == number


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        (None, "nan"),
        ("", "nan"),
        ("NA", "nan"),
        ("   ", ""),
        ("I'm here 😔", "Im   here"),
        ("#abc[话题]#", "abc 话题"),
        ("@_", ""),
    ],
)
def test_cut_text_keeps_the_notebooks_errors(text, cut):
    assert cut_text(text) == cut


def test_words_added_to_jieba_elsewhere_do_not_reach_the_recipe():
    before = cut_text("抖音难民来了")
    jieba.add_word("抖音难民来了")
    try:
        assert cut_text("抖音难民来了") == before
    finally:
        jieba.del_word("抖音难民来了")
