"""Every reason to reject a row has its words, and none has words in vain."""

import re

from conftest import ROOT
from project_files import SQL
from refugee_adaptation.wording.messages import sentences

WRITTEN_IN = (
    SQL / "crawl" / "stg_crawl__post_rows.sql",
    SQL / "crawl" / "stg_crawl__comment_rows.sql",
    SQL.parent / "macros" / "judge_rows.sql",
    SQL.parent / "macros" / "protect_ids.sql",
    *(ROOT / "python_models" / "refugee_adaptation" / "crawl").glob("*_files.py"),
)
COUNTS = ("like", "collect", "comment", "share")
FILLED_IN = {"count": COUNTS, "entity": ("post", "comment")}


def codes_in(text):
    """The codes that a file writes, those that a loop makes included."""
    for code in re.findall(r"""["']((?:row|read)_[a-z_{} ]+)["']""", text):
        hole = re.search(r"\{\{ (\w+) \}\}", code)
        values = FILLED_IN[hole[1]] if hole else ("",)
        yield from (re.sub(r"\{\{.*\}\}", value, code) for value in values)


def test_reasons_in_code_and_seed_are_the_same():
    written = {
        code for path in WRITTEN_IN for code in codes_in(path.read_text("utf-8"))
    } - {"row_number", "row_status"}
    worded = {code for code in sentences() if re.match("row_|read_", code)}
    assert written == worded


def test_a_code_that_a_loop_makes_is_found():
    assert list(codes_in("then 'row_{{ entity }}_before_account'")) == [
        "row_post_before_account",
        "row_comment_before_account",
    ]
