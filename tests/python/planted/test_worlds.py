"""Whole crawls of other worlds: what they are made of, and what is counted of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from conftest import ROOT
from refugee_adaptation.builds import PROJECT
from refugee_adaptation.compiled import HEAVY, Database, Step, needed_for
from refugee_adaptation.crawl.reading import read_crawl
from refugee_adaptation.planted.experiments import worlds
from refugee_adaptation.planted.experiments.worlds import (
    SUPPORTED,
    Judge,
    Judged,
    rows_of,
)
from refugee_adaptation.planted.results import to_frame
from refugee_adaptation.planted.worlds import words
from refugee_adaptation.planted.worlds.crawl import (
    COMMENT_FIELDS,
    POST_FIELDS,
    keep_posts,
    write_crawl,
)
from refugee_adaptation.planted.worlds.kinds import RECENT, WORLDS, draw_world
from refugee_adaptation.sample.generator import COMMENT_COLUMNS, POST_COLUMNS

CLAIMS = set(pd.read_csv(ROOT / "seeds" / "claims.csv")["claim_id"])


# --- the crawls ---------------------------------------------------------------------


def test_no_word_of_the_worlds_is_in_a_lexicon() -> None:
    lexicon = pd.read_csv(ROOT / "seeds" / "lexicon.csv", dtype=str)
    concepts = pd.read_csv(ROOT / "seeds" / "concept_lexicon.csv", dtype=str)
    tags = words.ENGLISH_TAGS + words.CHINESE_TAGS
    used = {*words.ENGLISH, *words.CHINESE, *words.KITCHEN, *tags}
    assert not used & {*lexicon["term"], *concepts["word"]}
    parts = lexicon.loc[lexicon["matching"] == "part", "term"]
    joined = words.CHINESE_GAP.join(sorted(used))
    assert [term for term in parts if term in joined] == []


def test_a_crawl_is_written_as_crawlers_write(tmp_path: Path) -> None:
    assert (POST_FIELDS, COMMENT_FIELDS) == (POST_COLUMNS, COMMENT_COLUMNS)
    draft = draw_world("plain", 3)
    write_crawl(draft, tmp_path, 3)
    tables = read_crawl(str(tmp_path)).tables
    posts, comments = tables["posts"].to_pandas(), tables["comments"].to_pandas()
    assert posts["_problem"].isna().all()
    assert comments["_problem"].isna().all()
    assert set(posts["_format"]) == {"study"}
    assert set(comments["_format"]) == {"mediacrawler"}
    seconds = posts["post_id"].str[:8].map(lambda text: int(text, 16))
    assert seconds.tolist() == draft.second.tolist()
    assert posts["post_id"].str.fullmatch("[0-9a-f]{24}").all()
    assert set(comments["post_id"]) <= set(posts["post_id"])
    parents = set(comments["parent_comment_id"]) - {"0"}
    assert parents <= set(comments["comment_id"])


def test_a_reply_comes_after_what_it_answers() -> None:
    draft = draw_world("early arrival", 1)
    reply = np.flatnonzero(draft.comment_parent >= 0)
    parent = draft.comment_parent[reply]
    assert (draft.comment_post[reply] == draft.comment_post[parent]).all()
    assert (draft.comment_second[reply] >= draft.comment_second[parent]).all()


def test_what_is_left_out_takes_its_comments_along() -> None:
    draft = draw_world("plain", 2)
    kept = np.arange(len(draft.author)) % 3 == 0
    part = keep_posts(draft, kept)
    assert part.texts == [draft.texts[row] for row in np.flatnonzero(kept)]
    assert len(part.comment_post) == kept[draft.comment_post].sum()
    reply = part.comment_parent >= 0
    assert (
        part.comment_post[part.comment_parent[reply]] == part.comment_post[reply]
    ).all()


@pytest.mark.parametrize("name", WORLDS)
def test_every_world_is_a_crawl_of_its_seed(name: str) -> None:
    once, again = draw_world(name, 5), draw_world(name, 5)
    assert once.texts == again.texts
    assert (once.counts == again.counts).all()
    assert once.texts != draw_world(name, 6).texts
    assert once.counts.shape == (len(once.texts), 4)
    assert len(once.author) > 100
    world = WORLDS[name]
    assert world.true | world.unsettled | RECENT <= CLAIMS
    assert not world.true & world.unsettled


# --- counting -----------------------------------------------------------------------


def judged(verdict: str, crawls: int = 20) -> list[Judged]:
    return [
        Judged(name, dict.fromkeys(CLAIMS, verdict))
        for name in ("plain", "videos")
        for _ in range(crawls)
    ]


def test_who_claims_nothing_claims_nothing_false() -> None:
    table = to_frame(rows_of(judged("not supported")))
    targets = table[table["target"] != ""]
    assert set(targets["meets_target"]) == {"yes"}
    power = table[table["target"] == ""]
    assert power["ours"].tolist() == [0.0]


def test_a_verdict_that_is_always_supported_misses_every_target() -> None:
    table = to_frame(rows_of(judged(SUPPORTED))).set_index("method")
    assert (table.loc[table["target"] != "", "meets_target"] == "no").all()
    power = table[table["target"] == ""]
    assert power.index.tolist() == ["videos_draw_more"]
    assert power["ours"].tolist() == [1.0]
    # videos do draw more in one of the two worlds
    false = table[(table["target"] != "") & table["planted"].str.startswith("every")]
    assert false.loc["videos_draw_more", "samples"] == 20
    assert false.loc["silent_users", "samples"] == 40


def test_a_true_claim_that_was_not_judged_has_no_row() -> None:
    table = to_frame(rows_of([Judged("circles", {"silent_users": "not supported"})]))
    assert "communities_replies" not in set(table["method"])


def test_claims_that_need_a_heavy_model_are_claims() -> None:
    listed = [claim for claims in HEAVY.values() for claim in claims]
    assert set(listed) <= CLAIMS
    assert len(set(listed)) == len(listed)


# --- running what was compiled ------------------------------------------------------

SEED = Step("s", "seed", False, "a", "a.s", {"claim_id": "varchar"}, "", "", ())
PYTHON = """
class dbtObj:
    def __init__(self, load):
        self.load = load

def model(dbt, session):
    return dbt.load("a.one").project("n + 1 as n").df()
"""
ONE = replace(SEED, name="one", kind="model", relation="a.one", code="select 1 as n")
TWO = replace(
    ONE,
    name="two",
    relation="b.two",
    schema="b",
    is_python=True,
    columns={"n": "bigint"},
    code=PYTHON,
    parents=("one",),
)
INSIDE = replace(ONE, name="inside", relation=None, parents=("two",))
WRONG = replace(TWO, name="wrong", kind="test", code="select * from b.two where n = 2")


def test_steps_run_in_order_and_tests_find_rows() -> None:
    database = Database(None, {}, "key")
    assert database.make([ONE, TWO, INSIDE, WRONG]) == ["wrong"]
    assert database.connection.sql("select n from b.two").fetchall() == [(2,)]
    database.close()


def test_a_model_left_empty_keeps_its_columns() -> None:
    database = Database(None, {}, "key")
    assert database.make([ONE, TWO, WRONG], empty=["two"]) == []
    assert database.connection.sql("from b.two").columns == ["n"]
    database.close()


def test_what_only_a_left_out_model_needs_is_not_made() -> None:
    steps = [ONE, TWO, INSIDE, WRONG]
    assert needed_for(steps, ["inside"]) == [ONE, TWO, INSIDE]
    assert needed_for(steps, ["inside"], without=["two"]) == [TWO, INSIDE]
    with pytest.raises(ValueError, match="not compiled: magic"):
        needed_for(steps, ["magic"])


def test_the_project_is_the_folder_of_this_repository() -> None:
    assert PROJECT == ROOT


@pytest.mark.pipeline
def test_findings_of_a_world_and_of_broken_verdicts(tmp_path: Path) -> None:
    judge = Judge(tmp_path)
    held = judge.judge("automation", 1, is_cheap=True)
    assert held.false_claims == []
    assert held.verdicts["bots_are_revealed"] == SUPPORTED
    heavy = {claim for claims in HEAVY.values() for claim in claims}
    assert set(held.verdicts) == CLAIMS - heavy
    judge.steps = [
        replace(step, code=step.code.replace("'not supported'", "'supported'"))
        if step.name == "findings"
        else step
        for step in judge.steps
    ]
    broken = judge.judge("automation", 1, is_cheap=True)
    rows = to_frame(worlds.rows_of([broken] * 8)).set_index("metric")
    assert (
        rows.loc["crawls with any false claim", "meets_target"].tolist() == ["no"] * 2
    )
