"""Small cascades that several tests use."""

import numpy as np
import pandas as pd


def cascade_frame(trees):
    rows = []
    number = 0
    for cascade, parents in enumerate(trees, start=1):
        first = number + 1
        for parent in parents:
            number += 1
            rows.append((cascade, number, np.nan if parent < 0 else first + parent))
    columns = ["cascade_number", "comment_number", "parent_comment_number"]
    return pd.DataFrame(rows, columns=columns)


ACTION_COLUMNS = [
    "action_number",
    "stratum_number",
    "cascade_number",
    "user_number",
    "drawn_count",
]
