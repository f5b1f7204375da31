"""Coding sheets that hide the answer, and agreement by hand-computed examples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from refugee_adaptation.coding.agreement import (
    SheetError,
    agreement,
    krippendorff_alpha,
)
from refugee_adaptation.coding.sheets import (
    UNDECIDED,
    codebook,
    draw_units,
    write_sheets,
)


def some_units() -> pd.DataFrame:
    labels = ["imitator"] * 30 + ["none"] * 300
    return pd.DataFrame(
        {
            "coding_task": "archetype",
            "unit_id": [f"u{number}" for number in range(330)],
            "predicted_label": labels,
            "shown_text": [f"=text {number}" for number in range(330)],
        }
    )


def test_alpha_is_that_of_krippendorffs_example() -> None:
    """Nominal data of four coders in Krippendorff (2011), section C: alpha .743."""
    rows = [
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    ]
    by_coder = [[None if code == "." else code for code in row.split()] for row in rows]
    units = list(zip(*by_coder, strict=True))
    assert krippendorff_alpha(units) == pytest.approx(0.743, abs=0.0005)


def test_alpha_of_chance_is_zero_and_of_one_code_unknown() -> None:
    rng = np.random.default_rng(1)
    units = rng.choice(["a", "b", "c"], (4000, 2)).tolist()
    assert abs(krippendorff_alpha(units)) < 0.04
    assert np.isnan(krippendorff_alpha([["a", "a"], ["a", "a"]]))
    assert np.isnan(krippendorff_alpha([]))


def test_units_are_drawn_by_label_and_in_an_order_that_hides_it() -> None:
    drawn = draw_units(some_units(), per_label=20, seed=1)
    assert drawn["predicted_label"].value_counts().to_dict() == {
        "imitator": 20,
        "none": 20,
    }
    assert set(drawn.loc[drawn["predicted_label"] == "none", "stratum_count"]) == {300}
    assert drawn["item"].tolist() == list(range(1, 41))
    first_half = (drawn["predicted_label"].iloc[:20] == "imitator").sum()
    assert 5 <= first_half <= 15
    shuffled = some_units().sample(frac=1, random_state=2)
    pd.testing.assert_frame_equal(drawn, draw_units(shuffled, per_label=20, seed=1))
    assert draw_units(some_units().iloc[:0], per_label=20, seed=1).empty


def test_sheets_hold_no_answer_no_formula_and_are_not_overwritten(
    tmp_path: Path,
) -> None:
    units = some_units()
    meanings = pd.DataFrame(
        {
            "archetype": ["imitator", "imitator"],
            "weight": [1.0, -1.0],
            "rationale": ["keeps its form", "writes for the old audience"],
        }
    )
    told = codebook(units, meanings)
    assert "`imitator`: keeps its form\n" in told
    assert "old audience" not in told
    drawn = draw_units(units, per_label=5, seed=1)
    write_sheets(drawn, told, tmp_path)
    for coder in (1, 2):
        sheet = pd.read_csv(tmp_path / f"coder_{coder}.csv", encoding="utf-8-sig")
        assert sheet.columns.tolist() == [
            "item",
            "coding_task",
            "text",
            "code",
            "comment",
        ]
        assert sheet["text"].str.startswith("'=").all()
    with pytest.raises(FileExistsError, match="would be lost"):
        write_sheets(drawn, told, tmp_path)


def coded(codes: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"item": range(1, len(codes) + 1), "code": codes})


def test_precision_and_recall_count_what_a_stratum_stands_for() -> None:
    """Of 10 imitators 4 were read, 3 right; of 100 others 5 were read, 1 missed."""
    key = pd.DataFrame(
        {
            "item": range(1, 10),
            "coding_task": "archetype",
            "predicted_label": ["imitator"] * 4 + ["none"] * 5,
            "stratum_count": [10] * 4 + [100] * 5,
        }
    )
    codes = ["imitator"] * 3 + ["none"] + ["imitator"] + ["none"] * 4
    table = agreement([coded(codes), coded(codes)], key, seed=1)
    found = table.set_index(["label", "measure"])["estimate"].to_dict()
    assert found["all", "alpha"] == 1
    assert found["imitator", "precision"] == pytest.approx(3 / 4)
    # 7.5 of the 10 and 20 of the 100
    assert found["imitator", "recall"] == pytest.approx(7.5 / 27.5)
    assert found["none", "precision"] == pytest.approx(4 / 5)
    interval = table.iloc[1]
    assert interval["interval_low"] <= 0.75 <= interval["interval_high"]
    assert interval["unit_count"] == 4


def test_what_coders_do_not_agree_on_or_cannot_tell_is_no_evidence() -> None:
    key = pd.DataFrame(
        {
            "item": [1, 2, 3],
            "coding_task": "automation",
            "predicted_label": "automated",
            "stratum_count": 3,
        }
    )
    one = coded(["automated", UNDECIDED, "none"])
    other = coded(["automated", UNDECIDED, "automated"])
    table = agreement([one, other], key, seed=1).set_index(["label", "measure"])
    assert table.loc[("automated", "precision"), "unit_count"] == 1
    blank = coded(["", "", ""])
    nothing = agreement([blank, blank], key, seed=1)
    assert nothing["measure"].tolist() == ["alpha"]
    assert nothing["estimate"].isna().all()


def test_sheets_of_another_key_are_refused() -> None:
    key = pd.DataFrame(
        {"item": [1], "coding_task": "t", "predicted_label": "a", "stratum_count": 1}
    )
    with pytest.raises(SheetError, match="key does not have"):
        agreement([coded(["a", "b"])], key, seed=1)
    with pytest.raises(SheetError, match="item 1: 'A' is no code of the task t"):
        agreement([coded(["A"])], key, seed=1)
    with pytest.raises(SheetError, match="columns"):
        agreement([pd.DataFrame({"item": [1]})], key, seed=1)
