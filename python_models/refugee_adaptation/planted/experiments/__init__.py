"""The experiments of the planted-truth suite, by the name ``--only`` takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from refugee_adaptation.planted.experiments import (
    anomalies,
    cascades,
    communities,
    groups,
    retention,
    sampling,
    topics,
    worlds,
)
from refugee_adaptation.planted.results import Plan, Result

EXPERIMENTS: dict[str, Callable[[Plan], Iterator[Result]]] = {
    module.NAME: module.run
    for module in (
        *(groups, topics, communities, anomalies, retention, sampling, cascades),
        worlds,
    )
}
"""Each takes a plan and yields the rows of the table."""
