"""Recommendations against hand-made crawls, planted taste and the clock."""

import numpy as np
import pandas as pd
import pytest

from refugee_adaptation.recommendations.recommending import recommend
from refugee_adaptation.recommendations.signals import STRATEGIES, Recommender
from refugee_adaptation.recommendations.trials import evaluate, held_out

DAY = 86_400.0


def build(
    interactions, notes=(), creators=(), tags=(), note_tags=(), scores=(), **more
):
    """A recommender from (user, kind, item, day) and (number, day, owner) tuples."""
    columns = ["user_number", "item_kind", "item_number", "happened_at"]
    events = pd.DataFrame(interactions, columns=columns).astype(
        {"user_number": "int64", "item_number": "int64", "happened_at": "float64"}
    )
    rows = [("note", number, day, owner) for number, day, owner in notes]
    rows += [("creator", number, day, number) for number, day in creators]
    rows += [("tag", number, day, np.nan) for number, day in tags]
    items = pd.DataFrame(
        rows, columns=["item_kind", "item_number", "available_from", "owner_number"]
    ).astype({"item_number": "int64", "available_from": "float64"})
    tagged = pd.DataFrame(
        note_tags, columns=["note_number", "tag_number"], dtype="int64"
    )
    columns = ["item_kind", "item_number", "signal_name", "score", "changed_at"]
    signals = pd.DataFrame(scores, columns=columns).astype(
        {"item_number": "int64", "score": "float64", "changed_at": "float64"}
    )
    events["happened_at"] *= DAY
    items["available_from"] *= DAY
    signals["changed_at"] *= DAY
    return Recommender(events, items, tagged, signals, **more)


def lists(recommender, user, strategy="blended", **more):
    table = recommend(recommender, [user], **more)
    held = table[table["strategy"] == strategy]
    return held["item_number"].tolist()


NOTES = [(n, 0, 100 + n) for n in range(1, 6)]


def test_what_people_with_the_same_notes_turned_to_comes_first():
    recommender = build(
        [
            (1, "note", 1, 10),
            (2, "note", 1, 10),
            (2, "note", 3, 10),
            (3, "note", 2, 10),
            (3, "note", 4, 10),
        ],
        NOTES,
    )
    assert lists(recommender, 1)[0] == 3


def test_lately_active_notes_come_before_formerly_active_ones():
    recommender = build(
        [(user, "note", 1, 10) for user in range(10, 20)]
        + [(user, "note", 2, 100) for user in range(20, 24)],
        NOTES,
    )
    assert lists(recommender, 999)[:2] == [2, 1]


def test_a_tag_of_ones_own_pulls_its_notes():
    recommender = build(
        [(1, "tag", 7, 1), (2, "tag", 8, 1)],
        NOTES,
        tags=[(7, 0), (8, 0)],
        note_tags=[(4, 7), (5, 8)],
    )
    assert lists(recommender, 1)[0] == 4
    assert lists(recommender, 2)[0] == 5


def test_own_and_known_items_and_oneself_are_never_shown():
    recommender = build(
        [(1, "note", 1, 1), (2, "note", 2, 1), (1, "creator", 3, 1)],
        [*NOTES, (9, 0, 1)],
        creators=[(1, 0), (2, 0), (3, 0)],
    )
    table = recommend(recommender, [1])
    notes = set(table.loc[table["item_kind"] == "note", "item_number"])
    assert notes == {2, 3, 4, 5}
    assert set(table.loc[table["item_kind"] == "creator", "item_number"]) == {2}


def test_nothing_of_the_moment_or_later_is_known():
    events = [(1, "note", 1, 1), (2, "note", 1, 2), (2, "note", 3, 50)]
    notes = [*NOTES[:4], (5, 60, 105)]
    full = build([*events, (3, "note", 4, 50), (4, "note", 5, 60)], notes)
    cut = build(events[:2], NOTES[:4])
    at = 50 * DAY
    pd.testing.assert_frame_equal(
        recommend(full, [1, 2], at=at), recommend(cut, [1, 2], at=at)
    )


def test_strategies_read_their_own_scores():
    scores = [
        ("note", 2, "short", 0.8, 1),
        ("note", 3, "newcomer", 0.9, 1),
        ("creator", 8, "answered", 0.8, 1),
        ("tag", 5, "local", 0.8, 1),
        ("tag", 6, "reached", 3.0, 1),
        ("tag", 5, "reached", 1.0, 1),
    ]
    recommender = build(
        [(9, "note", 1, 1)],
        NOTES,
        creators=[(7, 0), (8, 0)],
        tags=[(5, 0), (6, 0)],
        scores=scores,
    )
    first = {s.name: lists(recommender, 1, s.name)[0] for s in STRATEGIES}
    assert first["low_threshold"] == 2
    assert first["bridging_content"] == 3
    assert first["likely_to_answer"] == 8
    assert first["local_formats"] == 5
    assert first["reach"] == 6
    table = recommend(recommender, [1])
    reach = table[table["strategy"] == "reach"].set_index("item_number")
    # a count is scaled by the largest one
    assert reach["strategy_score"].to_dict() == {6: 1.0, 5: pytest.approx(1 / 3)}


def test_a_score_holds_from_its_change_to_the_next_one():
    scores = [("creator", 8, "answered", 0.3, 1), ("creator", 8, "answered", 0.6, 3)]
    recommender = build([(9, "note", 1, 1)], NOTES, [(8, 0)], scores=scores)

    def score(day):
        table = recommend(recommender, [1], at=day * DAY)
        held = table[table["strategy"] == "likely_to_answer"]
        return held["strategy_score"].item()

    assert [score(day) for day in (1, 2, 3, 4)] == [0, 0.3, 0.3, 0.6]


def test_ranks_are_dense_and_scores_fall():
    rng = np.random.default_rng(1)
    events = [
        (int(user), "note", int(note), float(day))
        for user, note, day in zip(
            rng.integers(1, 30, 200),
            rng.integers(1, 40, 200),
            rng.random(200) * 60,
            strict=True,
        )
    ]
    unique = {(user, note): (user, kind, note, day) for user, kind, note, day in events}
    recommender = build(list(unique.values()), [(n, 0, 1000 + n) for n in range(1, 40)])
    table = recommend(recommender, range(1, 30), length=5)
    for _, held in table.groupby(["user_number", "strategy"]):
        assert held["recommendation_rank"].tolist() == [1, 2, 3, 4, 5]
        assert (held["score"].diff().dropna() <= 1e-9).all()
    parts = ["recency_score", "co_occurrence_score", "shared_tag_score"]
    assert table[parts].to_numpy().min() >= 0
    assert table[parts].to_numpy().max() <= 1


def planted(people, taste, seed):
    """People of two tastes turn to notes; with no taste everybody picks alike."""
    rng = np.random.default_rng(seed)
    events = []
    for user in range(1, people + 1):
        liked = np.arange(1, 31) if user % 2 else np.arange(31, 61)
        chosen = [
            int(rng.choice(liked) if rng.random() < taste else rng.integers(1, 61))
            for _ in range(6)
        ]
        days = np.sort(rng.random(6)) * 100
        events += {
            note: (user, "note", note, float(day))
            for note, day in zip(chosen, days, strict=True)
        }.values()
    return build(events, [(n, -1, 1000 + n) for n in range(1, 61)])


def scores(trials):
    """Mean recall by strategy, and its paired difference to popularity, by hand."""
    recall = trials.pivot_table("recall", index="user_number", columns="strategy")
    gap = recall.sub(recall["popularity"], axis=0)
    reach = 1.96 * gap.sem()
    return pd.DataFrame(
        {
            "estimate": recall.mean(),
            "difference": gap.mean(),
            "difference_low": gap.mean() - reach,
            "difference_high": gap.mean() + reach,
        }
    )


def test_planted_taste_is_found_above_popularity():
    table = scores(evaluate(planted(200, 1.0, 1), seed=1))
    assert table.loc["co_occurrence", "difference_low"] > 0
    assert table.loc["blended", "difference_low"] > 0
    assert table.loc["random", "difference_high"] < table.loc["blended", "difference"]


def test_without_taste_nothing_beats_popularity_by_much():
    table = scores(evaluate(planted(300, 0.0, 2), seed=1))
    # 60 notes, none better than another: ten of the at most 60 left
    assert table.loc["random", "estimate"] == pytest.approx(10 / 56, abs=0.06)
    assert abs(table.loc["blended", "difference"]) < 0.1


def test_metrics_follow_their_definitions_on_a_case_worked_by_hand():
    # person 1's last note is 3; notes 2 and 3 are known to 2 people and 1 person
    recommender = build(
        [
            (1, "note", 1, 1),
            (2, "note", 2, 1),
            (3, "note", 2, 2),
            (2, "note", 3, 2),
            (1, "note", 3, 5),
        ],
        NOTES[:3],
    )
    cases = held_out(recommender.crawl, "note")
    held = {
        int(recommender.crawl.users[user]): items.tolist() for user, _, items in cases
    }
    assert held == {1: [2], 2: [2]}  # positions; note 3 is the third
    table = evaluate(recommender, seed=0, length=2)
    popularity = table[table["strategy"] == "popularity"]
    # person 1 is shown note 2, then note 3; person 2 notes 1 and 3 in either order
    assert popularity["user_number"].tolist() == [1, 2]
    assert popularity["recall"].tolist() == [1, 1]
    first, second = popularity["ndcg"]
    assert first == pytest.approx(1 / np.log2(3))
    assert second in (pytest.approx(1), pytest.approx(1 / np.log2(3)))
    # notes 2 and 3, then 1: all three are listed for somebody
    assert popularity["newly_listed_count"].tolist() == [2, 1]
    assert (table["candidate_count"] == 3).all()
    # of 8 people (5 authors among them) nobody knew note 1 when person 2 was shown it
    assert (popularity["novelty"] > 0).all()


def test_the_moment_itself_is_hidden_in_the_evaluation():
    # everybody's last note is a new one that appears with the very interaction
    events = []
    notes = [(n, 0, 1000 + n) for n in range(1, 40)]
    for user in range(1, 40):
        events += [(user, "note", 1, user), (user, "note", 100 + user, 50 + user)]
        notes.append((100 + user, 50 + user, 2000 + user))
    table = evaluate(build(events, notes), seed=0)
    assert (table["recall"] == 0).all()
    assert (table["ndcg"] == 0).all()


def test_people_are_sampled_beyond_the_limit_and_the_seed_decides():
    recommender = planted(120, 0.8, 3)
    one = evaluate(recommender, seed=1, max_users=50)
    assert one["user_number"].nunique() == 50
    assert not one.duplicated(["user_number", "strategy"]).any()
    pd.testing.assert_frame_equal(one, evaluate(recommender, seed=1, max_users=50))


def test_rows_in_any_order_give_the_same_lists():
    events = [(u, "note", n, u + n) for u in range(1, 9) for n in range(1, 5)][::3]
    plain, mixed = build(events, NOTES), build(events[::-1], NOTES[::-1])
    pd.testing.assert_frame_equal(
        recommend(plain, range(1, 9)), recommend(mixed, [*range(8, 0, -1)])
    )


def test_unknown_items_and_a_useless_half_life_are_refused():
    with pytest.raises(ValueError, match="not in the items"):
        build([(1, "note", 77, 1)], NOTES)
    with pytest.raises(ValueError, match="half_life_days"):
        build([(1, "note", 1, 1)], NOTES, half_life_days=0)


def test_an_empty_crawl_gives_empty_tables_with_their_columns():
    recommender = build([])
    listed, measured = recommend(recommender, []), evaluate(recommender, seed=0)
    assert listed.empty
    assert measured.empty
    filled = build([(1, "note", 1, 1), (1, "note", 2, 2)], NOTES)
    assert listed.dtypes.to_dict() == recommend(filled, [1]).dtypes.to_dict()
    full = evaluate(filled, seed=0)
    assert measured.dtypes.to_dict() == full.dtypes.to_dict()


def test_a_crawl_of_notes_alone_still_gives_lists():
    recommender = build([], NOTES)
    assert sorted(lists(recommender, 101)) == [2, 3, 4, 5]
    assert sorted(lists(recommender, 55)) == [1, 2, 3, 4, 5]
