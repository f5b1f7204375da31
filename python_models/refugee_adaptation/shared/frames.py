"""Frames whose columns have declared types, with rows or without any."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

ColumnTypes = Mapping[str, str]
"""pandas dtype of each column of a table, in the order of its columns."""


def typed_frame(values: Any, types: ColumnTypes) -> pd.DataFrame:
    """Make a frame that has exactly the declared columns and types.

    Args:
        values: Rows (dictionaries or tuples in the order of the columns), a dictionary
            of columns, or a frame. A declared column that is absent is missing in every
            row; a column that is not declared is left out.
        types: dtype of each column.

    Returns:
        The declared columns in their order; they are there also without a row.

    Raises:
        ValueError: A column cannot hold a value of its type, such as a missing integer.
    """
    if isinstance(values, pd.DataFrame):
        return values.reindex(columns=list(types)).astype(dict(types))
    return pd.DataFrame(values, columns=list(types)).astype(dict(types))


def empty_frame(types: ColumnTypes) -> pd.DataFrame:
    """Make a frame without rows.

    Args:
        types: dtype of each column.

    Returns:
        The declared columns in their order, shape (0, columns).
    """
    return typed_frame([], types)


def stacked_frame(parts: Iterable[pd.DataFrame], types: ColumnTypes) -> pd.DataFrame:
    """Put frames below each other; none at all give a frame without rows.

    Args:
        parts: Frames that hold the declared columns.
        types: dtype of each column.

    Returns:
        All rows, numbered from 0, with the declared columns and types.
    """
    filled = [part for part in parts if len(part)]
    if not filled:
        return empty_frame(types)
    return typed_frame(pd.concat(filled, ignore_index=True), types)
