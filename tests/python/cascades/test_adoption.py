"""Adoption of hashtags against shuffled timelines."""

import numpy as np
import pandas as pd
import pytest

from cascade_cases import ACTION_COLUMNS, cascade_frame
from refugee_adaptation.cascades.adoption import (
    adoption_draws,
    adoption_null,
    exposure_null,
)
from refugee_adaptation.cascades.influence import (
    influence_by_role,
)
from refugee_adaptation.cascades.shape import shape_null
from refugee_adaptation.planted.cascades import planted_adoption, planted_influence


def adoption_statistics(table):
    exposed = table[table["exposure_count"] > 0].groupby("draw")
    rate = exposed["adoption_count"].sum() / exposed["occasion_count"].sum()
    return rate.loc[0], rate.loc[1:]


def test_taste_alone_looks_like_influence_and_the_null_sees_through_it():
    actions, encounters = planted_adoption(
        people=300, notes=6, hashtags=30, taste=0.7, adoption=0.0, seed=1
    )
    table = adoption_draws(actions, encounters, draws=200, seed=1)
    observed, null = adoption_statistics(table)
    # people use what they meet far more often than any other hashtag ...
    assert observed > 2 * 0.2 * 2 / 30
    # ... and no more often right after meeting it
    assert null.quantile(0.005) < observed < null.quantile(0.995)


def test_planted_adoption_is_found_beyond_taste():
    actions, encounters = planted_adoption(
        people=300, notes=6, hashtags=30, taste=0.7, adoption=0.1, seed=1
    )
    table = adoption_draws(actions, encounters, draws=200, seed=1)
    observed, null = adoption_statistics(table)
    assert observed > null.max()


def test_the_shuffle_test_keeps_its_level():
    values = []
    for seed in range(80):
        actions, encounters = planted_adoption(
            people=60, notes=4, hashtags=10, taste=0.7, adoption=0.0, seed=seed
        )
        table = adoption_draws(actions, encounters, draws=59, seed=seed)
        observed, null = adoption_statistics(table)
        values.append(((null >= observed).sum() + 1) / 60)
    assert np.mean(np.array(values) <= 0.05) <= 0.125
    assert 0.4 <= np.mean(values) <= 0.65


def timeline(*events):
    """Actions and encounters of one person from (is_post, tags) in order of time."""
    actions = pd.DataFrame(
        [(1, n, is_post, float(n)) for n, (is_post, _) in enumerate(events, 1)],
        columns=["user_number", "action_number", "is_post", "happened_at"],
    )
    encounters = pd.DataFrame(
        [
            (n, tag, is_post)
            for n, (is_post, tags) in enumerate(events, 1)
            for tag in tags
        ],
        columns=["action_number", "hashtag_number", "is_use"],
    )
    return actions, encounters


def observed_counts(*events, max_exposures=3):
    table = adoption_draws(
        *timeline(*events), draws=1, seed=0, max_exposures=max_exposures
    )
    held = table[table["draw"] == 0]
    return held["occasion_count"].tolist(), held["adoption_count"].tolist()


MEET, POST = False, True


def test_occasions_end_with_the_first_use_and_count_meetings_since_the_last_note():
    occasions, adoptions = observed_counts(
        (MEET, [7]),
        (MEET, [7]),
        (POST, []),  # an occasion after 2 meetings
        (POST, []),  # an occasion without a new meeting
        (MEET, [7]),
        (POST, [7]),  # adopted after 1
        (MEET, [7]),
        (POST, [7]),  # no longer an adoption
    )
    assert occasions == [1, 1, 1, 0]
    assert adoptions == [0, 1, 0, 0]


def test_a_tag_used_before_it_was_met_is_not_adopted():
    occasions, adoptions = observed_counts(
        (POST, [7]), (MEET, [7]), (POST, [7]), (MEET, [8]), (POST, [])
    )
    assert occasions == [0, 1, 0, 0]
    assert adoptions == [0, 0, 0, 0]


def test_a_meeting_that_no_note_follows_is_no_occasion():
    actions, encounters = timeline((POST, [1]), (MEET, [7]))
    assert adoption_draws(actions, encounters, draws=2, seed=0).empty
    assert adoption_null(actions, encounters, draws=2, seed=0).empty


def test_meetings_beyond_the_highest_number_count_as_it():
    occasions, adoptions = observed_counts(
        *[(MEET, [7])] * 6, (POST, [7]), max_exposures=2
    )
    assert occasions == [0, 0, 1]
    assert adoptions == [0, 0, 1]


def test_the_hashtag_that_spreads_is_named_and_no_other():
    actions, encounters = planted_adoption(
        people=400, notes=6, hashtags=20, taste=0.3, adoption=0.0, seed=5
    )
    rng = np.random.default_rng(0)
    met = encounters[(encounters["hashtag_number"] == 3) & ~encounters["is_use"]]
    users = actions.set_index("action_number")["user_number"]
    following = met["action_number"] + 1
    assert (users[following].to_numpy() == users[met["action_number"]].to_numpy()).all()
    adopted = following[rng.random(len(following)) < 0.5]
    extra = pd.DataFrame(
        {"action_number": adopted, "hashtag_number": 3, "is_use": True}
    )
    spread = pd.concat([encounters, extra]).drop_duplicates()
    table = adoption_null(actions, spread, draws=300, seed=2)
    table = table[table["subject"] == "hashtag"]
    named = table[table["p_value_adjusted"] < 0.05]
    assert named["hashtag_number"].tolist() == [3]
    total = adoption_draws(actions, spread, draws=1, seed=2)
    exposed = total[(total["draw"] == 0) & (total["exposure_count"] > 0)]
    assert table["adoption_count"].sum() == exposed["adoption_count"].sum()
    assert table["occasion_count"].sum() == exposed["occasion_count"].sum()


def doses(*draws):
    """Draws of adoption from (occasions, adoptions) by number of exposures."""
    rows = [
        (draw, exposures, *counts)
        for draw, held in enumerate(draws)
        for exposures, counts in enumerate(held)
    ]
    columns = ["draw", "exposure_count", "occasion_count", "adoption_count"]
    return pd.DataFrame(rows, columns=columns)


def test_a_dose_is_a_rise_beyond_the_first_exposure():
    # who met a tag adopts it in 1 of 2 occasions, however often; who did not, never
    table = exposure_null(
        doses(
            [(100, 0), (60, 30), (40, 20)],
            [(100, 5), (60, 20), (40, 20)],
            [(100, 5), (60, 25), (40, 10)],
        )
    ).set_index("subject")
    assert table.loc["dose", "observed"] == 0
    assert table.loc["dose", "occasion_count"] == 40
    assert table.loc["exposed", "observed"] == 0.5
    assert table.loc["exposed", "occasion_count"] == 100
    [never, *_] = table.loc["exposures"].to_dict("records")
    assert (never["observed"], never["null_mean"], never["null_sd"]) == (0, 0.05, 0)
    assert np.isnan(never["z_score"])
    assert never["p_value"] == 1


def test_tags_met_once_show_no_dose():
    table = exposure_null(
        doses(
            [(100, 1), (60, 30), (0, 0)],
            [(100, 20), (60, 10), (0, 0)],
            [(100, 18), (60, 12), (0, 0)],
        )
    ).set_index("subject")
    assert np.isnan(table.loc["dose", "observed"])
    assert not table.loc["dose", "is_tested"]
    assert table.loc["exposed", "p_value"] == pytest.approx(1 / 3)
    rates = table.loc["exposures"]
    assert rates["p_value"].iloc[0] == 1
    assert rates["observed"].isna().tolist() == [False, False, True]


def test_an_encounter_without_its_action_is_refused():
    actions, encounters = timeline((MEET, [7]), (POST, [7]))
    with pytest.raises(ValueError, match="not in the actions"):
        adoption_draws(actions.iloc[:1], encounters, draws=1, seed=0)


def test_empty_frames_give_empty_tables_with_their_columns():
    comments = cascade_frame([])
    actions = pd.DataFrame(columns=["influence_role", *ACTION_COLUMNS])
    timelines, encounters = timeline()
    tables = [
        shape_null(comments, draws=5, seed=0),
        influence_by_role(actions, draws=5, seed=0),
        adoption_draws(timelines, encounters, draws=5, seed=0),
        adoption_null(timelines, encounters, draws=5, seed=0),
    ]
    for table in tables:
        assert table.empty
        assert len(table.columns) >= 4
    filled = influence_by_role(
        planted_influence(people=3, cascades=2, comments=4, strength=0, seed=0).assign(
            influence_role="amplifier"
        ),
        draws=5,
        seed=0,
    )
    assert tables[1].dtypes.to_dict() == filled.dtypes.to_dict()
