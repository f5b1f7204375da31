"""Messages become sentences; every code has its words, and every word its use."""

from __future__ import annotations

import csv
import re
import string
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from conftest import ROOT
from refugee_adaptation.wording.messages import LANGUAGES, message, say, sentences

# a code stands whole in the SQL or Python that makes the message, or is joined there
# from a prefix and a value
CODE_IN_SQL = re.compile(r"'code',\s*'([\w.]+)'")
CODE_WITH_A_GAP = re.compile(r"'(\w+)\{\{[^}]*\}\}(\w*)'")
PREFIX_IN_SQL = re.compile(r"'([a-z]\w*[_.])'\s*\|\|")
CODE_IN_PYTHON = re.compile(r'message\(\s*"(\w+)"')
PREFIX_IN_PYTHON = re.compile(r'f"(\w+_)\{')


def code_of_the_project() -> str:
    """The SQL and the Python that make messages."""
    places = (("dbt_project", "*.sql"), ("python_models", "*.py"))
    return "\n".join(
        path.read_text("utf-8")
        for folder, pattern in places
        for path in sorted((ROOT / folder).rglob(pattern))
    )


def reason_codes() -> list[str]:
    """The codes of the seed `reasons`."""
    with (ROOT / "seeds" / "reasons.csv").open(encoding="utf-8", newline="") as file:
        return [row["reason_code"] for row in csv.DictReader(file)]


def unused(codes: list[str], code: str) -> list[str]:
    """The codes that nothing makes a message of."""
    prefixes = {*PREFIX_IN_SQL.findall(code), *PREFIX_IN_PYTHON.findall(code)}
    gaps = set(CODE_WITH_A_GAP.findall(code))
    return [
        one
        for one in codes
        if f"'{one}'" not in code
        and f'"{one}"' not in code
        and not any(one.startswith(prefix) for prefix in prefixes)
        and not any(one.startswith(a) and one.endswith(b) for a, b in gaps)
    ]


def fields(sentence: str) -> set[str]:
    """The values that a sentence needs."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_code_that_is_made_has_its_words() -> None:
    code = code_of_the_project()
    made = {*CODE_IN_SQL.findall(code), *CODE_IN_PYTHON.findall(code)}
    whole = {one for one in made if not one.endswith((".", "_"))}
    assert len(whole) > 40
    assert whole - set(sentences()) == set()


def test_every_reason_is_used() -> None:
    assert unused(reason_codes(), code_of_the_project()) == []
    assert unused(["no_such_code"], code_of_the_project()) == ["no_such_code"]


def unlike(wordings: dict[str, dict[str, str]]) -> list[str]:
    """Codes whose languages say other values, or whose Chinese is English."""
    return [
        code
        for code, wording in wordings.items()
        if fields(wording["en"]) != fields(wording["zh"])
        or not all(wording.values())
        or (
            re.search(r"[A-Za-z]", re.sub(r"{.*?}|PageRank", "", wording["en"]))
            and not re.search(r"[\u3000-\u9fff\uff0c\uff1b]", wording["zh"])
            and wording["zh"].strip() != "PageRank"
        )
    ]


def test_both_languages_say_the_same() -> None:
    assert unlike(sentences()) == []
    made = {
        "lost": {"en": "{n} users", "zh": "\u7528\u6237"},
        "english": {"en": "users", "zh": "users"},
        "empty": {"en": "users", "zh": ""},
        "right": {"en": "{n} users", "zh": "{n} \u7528\u6237"},
    }
    assert unlike(made) == ["lost", "english", "empty"]


def test_a_message_is_worded_with_its_values() -> None:
    written = message("too_few_followed", users=6, least=30)
    assert say(written, "en") == "6 users are followed; a curve needs 30"
    chinese = say(written, "zh")
    assert chinese is not None
    assert "6" in chinese
    assert "30" in chinese


def test_what_is_nested_is_worded_in_the_same_language() -> None:
    inner = {"code": "groups_within_null"}
    written = message("groups_not_established", reason=inner)
    assert say(written, "en") == (
        "no groups were established: silhouette within its null"
    )
    several = message("notes", notes=[inner, None, inner])
    assert say(several, "en") == (
        "silhouette within its null; silhouette within its null"
    )
    assert re.fullmatch(r"[^A-Za-z]+\uff1b[^A-Za-z]+", say(several, "zh") or "")


def test_a_missing_value_leaves_nothing_and_no_message_no_sentence() -> None:
    assert say(None, "en") is None
    assert say(message("reason_as_sentence", reason=None), "en") == ""
    assert say(message("note_beside", reason={"code": "no_comments"}), "en") == (
        " Note: No comments were collected."
    )


def test_an_unknown_code_or_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="no_such_code"):
        say(message("no_such_code"), "en")
    with pytest.raises(KeyError, match="users"):
        say(message("too_few_followed"), "en")


def untranslated(database: Path) -> list[tuple[str, str, int]]:
    """Columns with a sentence in English that has no Chinese beside it."""
    found = []
    with duckdb.connect(str(database), read_only=True) as connection:
        columns = connection.execute(
            "select table_schema || '.' || table_name, column_name "
            "from information_schema.columns "
            "where column_name like '%\\_zh' escape '\\' "
            "and not column_name in ('sentence_zh', 'title_zh') "
            "and table_schema <> 'seeds'"
        ).fetchall()
        for table, column in columns:
            english = column.removesuffix("_zh")
            # the page shows the figures that the study published, and no others
            shown = "published_value is not null" if "replication" in table else "true"
            [(count,)] = connection.execute(
                f"select count(*) from {table} where {shown} "
                f"and {english} is not null and coalesce({column}::varchar, '') = ''"
            ).fetchall()
            if count:
                found.append((table, english, count))
    return found


@pytest.mark.pipeline
@pytest.mark.parametrize("crawl", ["sample", "study", "sqlite", "empty", "single"])
def test_every_sentence_of_a_build_stands_in_both_languages(
    crawl: str, built: Callable[[str], Path]
) -> None:
    assert untranslated(built(crawl)) == []


def test_a_sentence_without_chinese_is_found(tmp_path: Path) -> None:
    path = tmp_path / "words.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create table told as "
            "select 'here' as reason, null::varchar as reason_zh, "
            "null::varchar as note, null::varchar as note_zh"
        )
    assert untranslated(path) == [("main.told", "reason", 1)]


def test_the_languages_are_those_of_the_columns() -> None:
    assert LANGUAGES == ("en", "zh")
