"""Names that the author columns know, in texts: what is masked and what is not."""

from __future__ import annotations

import pyarrow as pa
import pytest

from refugee_adaptation.crawl.names import MARK, Finder, mark_names, spellings


def posts(*texts: str, **columns: list[str]) -> dict[str, pa.Table]:
    blank = [""] * len(texts)
    users = [f"u{place}" for place in range(len(texts))]
    held = {"title": blank, "body": list(texts), "tags": blank, "source_keyword": blank}
    return {"posts": pa.table(held | {"user_id": users} | columns)}


def masked(name: str, *texts: str) -> list[str]:
    """Texts with `_` for each letter of a name."""
    marked = mark_names(posts(*texts), [name])["posts"]["body"].to_pylist()
    assert [len(text) for text in marked] == [len(text) for text in texts]
    return [text.replace(MARK, "_") for text in marked]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        # as written, in any case, at any edge that is no letter
        (
            "Quinby",
            "ask Quinby, QUINBY's or quinby!",
            "ask ______, ______'s or ______!",
        ),
        ("Quinby", "quinbys and requinby 2quinby", "quinbys and requinby 2quinby"),
        ("Tam in Ohio", "@Tam in Ohio hi", "@___________ hi"),
        # as a hashtag has it, and without decoration
        ("rocket_mom", "#rocketmom #rocket_mom7", "#_________ #rocket_mom7"),
        ("✨Quinby✨", "Quinby ✨", "______ ✨"),
        # the longer of two spellings, and one after the other
        ("草莓熊25", "草莓熊25草莓熊25 草莓熊252", "__________ 草莓熊252"),
        ("云边散步呀", "我是云边散步呀很高兴", "我是_____很高兴"),
        # two letters are no piece of other words
        ("小美", "小美真漂亮 从小美丽", "__真漂亮 从小美丽"),
        # common words
        ("苹果", "我爱苹果", "我爱苹果"),
        ("阳光", "今天阳光好", "今天阳光好"),
        ("王小明", "王小明来了", "___来了"),
        ("Hello", "hello there", "hello there"),
        ("万能的小红书", "#万能的小红书", "#万能的小红书"),
        # too short to tell a person, or no word
        ("Jo", "Jo here", "Jo here"),
        ("2025", "in 2025", "in 2025"),
        ("88481234", "id 88481234", "id ________"),
        ("🌸🌸🌸", "🌸🌸🌸", "🌸🌸🌸"),
        ("İİ İİ", "İİ İİ x", "_____ x"),
    ],
)
def test_a_name_is_masked_where_it_is_no_common_word(name, text, expected):
    assert masked(name, text) == [expected]


def test_what_many_write_as_a_word_is_one():
    three = ["a zorble day", "zorble!", "so zorble"]
    assert masked("Zorble", *three) == three
    # capitals are those of a name, and two writers are not many
    assert masked("Zorble", "Zorble", "zorble", "zorble") == ["______"] * 3
    # who is mentioned is a person
    assert masked("Zorble", *three, "@zorble")[0] == "a ______ day"
    nine, ten = ["你好云猫猫呀"] * 9, ["你好云猫猫呀"] * 10
    assert masked("云猫猫", *nine) == ["你好___呀"] * 9
    assert masked("云猫猫", *ten) == ten


def test_hashtags_written_as_json_are_read():
    written = '"\\u4e91\\u732b\\u54aa,b"'
    tables = mark_names(posts("", tags=[written]), ["云猫咪"])
    assert tables["posts"]["tags"].to_pylist() == [f'"{MARK * 3},b"']
    odd = ['"\\u4e91', '"a', "云", ""]
    tables = mark_names(posts(*"abcd", tags=odd), ["云猫咪"])
    assert tables["posts"]["tags"].to_pylist() == odd


def test_no_name_changes_nothing():
    tables = posts("a text")
    assert mark_names(tables, []) == tables
    assert mark_names(tables, ["", "  ", "x"]) == tables


def test_spellings_are_those_of_texts_and_hashtags():
    assert set(spellings(" ✨Tam in_Ohio ")) == {
        *("✨tam in_ohio", "tam in_ohio", "✨taminohio", "taminohio")
    }
    assert not Finder([]).known
