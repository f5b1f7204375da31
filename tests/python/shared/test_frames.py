"""Frames have their declared columns and types, with rows or without any."""

import pandas as pd
import pytest

from refugee_adaptation.shared.frames import empty_frame, stacked_frame, typed_frame

TYPES = {"name": "string", "count": "int64", "score": "float64", "is_kept": "bool"}


@pytest.mark.parametrize(
    "values",
    [
        [],
        [{"count": 1, "name": "a", "is_kept": True, "unknown": 2}],
        [("a", 1, 0.5, True)],
        {"name": ["a"], "count": [1], "is_kept": True},
        pd.DataFrame({"is_kept": [1], "count": ["1"], "unknown": [2]}),
    ],
)
def test_any_values_get_the_declared_columns_and_types(values: object) -> None:
    frame = typed_frame(values, TYPES)
    assert frame.dtypes.astype(str).to_dict() == TYPES


def test_a_missing_integer_is_an_error() -> None:
    with pytest.raises((ValueError, TypeError)):
        typed_frame([{"name": "a"}], TYPES)


def test_frames_without_rows_are_left_out_of_a_stack() -> None:
    part = typed_frame([("a", 1, 0.5, True)], TYPES)
    stacked = stacked_frame([empty_frame(TYPES), part, part], TYPES)
    assert stacked["name"].tolist() == ["a", "a"]
    assert stacked.index.tolist() == [0, 1]
    assert stacked_frame([], TYPES).dtypes.astype(str).to_dict() == TYPES
