"""Where the terms of the lexicon come from, and that those called seen are seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from conftest import REAL_CRAWLS, ROOT, real_crawl

LEXICON = pd.read_csv(ROOT / "seeds" / "lexicon.csv", dtype={"term": str})
PLACE = ["category", "applies_to"]
# authors of one real crawl who use a term whose source are real posts
LEAST_AUTHORS = 5
AUTHORS_OF_TERMS = """
    with found as (
        select post_id, category, applies_to, unnest(terms) as term
        from intermediate.int_posts__vocabulary
    )

    select found.term, found.category, found.applies_to, count(distinct posts.user_id)
    from found
    inner join intermediate.int_posts__cleaned as posts on found.post_id = posts.post_id
    group by all
"""


def test_every_term_has_a_source_and_every_source_a_term() -> None:
    sources = pd.read_csv(ROOT / "seeds" / "lexicon_sources.csv", dtype=str)
    assert set(LEXICON["source_code"]) == set(sources["source_code"])
    assert not LEXICON.duplicated(["term", *PLACE]).any()


def test_what_has_no_source_outside_is_seen() -> None:
    inside = LEXICON[LEXICON["source_code"].isin(["author", "real_posts", "tag_box"])]
    assert len(inside) > 30
    assert (inside["real_crawls"] > 0).all()


def test_what_is_suggested_to_everybody_is_on_no_other_list() -> None:
    is_suggested = LEXICON["category"] == "suggested"
    assert set(LEXICON.loc[is_suggested, "applies_to"]) == {"hashtag"}
    others = set(LEXICON.loc[~is_suggested, "term"])
    assert others.isdisjoint(LEXICON.loc[is_suggested, "term"])


def test_no_term_finds_only_what_a_shorter_one_finds() -> None:
    parts = LEXICON[LEXICON["matching"] == "part"]
    for term, category, place in LEXICON[["term", *PLACE]].itertuples(index=False):
        same = parts[(parts["category"] == category) & (parts["applies_to"] == place)]
        assert [part for part in same["term"] if part in term and part != term] == []


@pytest.mark.pipeline
def test_terms_are_seen_in_as_many_real_crawls_as_they_say(
    built: Callable[[str], Path],
    query: Callable[[Path, str], list[tuple[str, str, str, int]]],
) -> None:
    for crawl in REAL_CRAWLS:
        real_crawl(crawl)
    crawls: Counter[tuple[str, str, str]] = Counter()
    authors: Counter[tuple[str, str, str]] = Counter()
    for crawl in REAL_CRAWLS:
        for *term, count in query(built(crawl), AUTHORS_OF_TERMS):
            name = (term[0], term[1], term[2])
            crawls[name] += 1
            authors[name] = max(authors[name], count)
    for row in LEXICON.itertuples():
        name = (row.term, row.category, row.applies_to)
        assert crawls[name] == row.real_crawls, name
        if row.source_code == "real_posts":
            assert authors[name] >= LEAST_AUTHORS, name
