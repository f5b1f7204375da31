"""Fitting many small scikit-learn models at the price of the fits alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def many_small_fits() -> Iterator[None]:
    """Fit on one thread and without repeated checks of parameters and finite inputs.

    Threads cost more than they bring at this size, ten times as much CPU time, and one
    thread adds up in the same order on every machine.
    """
    # not at the top: most of what the package does fits nothing
    from sklearn import config_context
    from threadpoolctl import threadpool_limits

    with (
        threadpool_limits(limits=1),
        config_context(assume_finite=True, skip_parameter_validation=True),
    ):
        yield
