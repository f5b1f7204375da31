"""Tables with messages, each beside its sentences in both languages."""

from __future__ import annotations

from typing import Any

import pandas as pd

from refugee_adaptation.shared.frames import ColumnTypes, typed_frame
from refugee_adaptation.wording.messages import say

REASON_TYPES = {"reason_message": "string", "reason": "string", "reason_zh": "string"}
"""A message `reason_message`, and its sentences in English and Chinese."""


def worded_frame(values: Any, types: ColumnTypes) -> pd.DataFrame:
    """Make a typed frame whose messages stand beside their sentences.

    Args:
        values: See :func:`typed_frame`.
        types: dtype of each column; a column `<name>_message` has its sentences in the
            declared columns `<name>` and `<name>_zh`.

    Returns:
        The declared columns in their order.
    """
    frame = typed_frame(values, types)
    for column in types:
        stem = column.removesuffix("_message")
        if stem == column:
            continue
        # many rows share a message
        written = frame[column].dropna().unique()
        for name, language in ((stem, "en"), (f"{stem}_zh", "zh")):
            said = {one: say(str(one), language) for one in written}
            frame[name] = frame[column].map(said).astype("string")
    return frame
