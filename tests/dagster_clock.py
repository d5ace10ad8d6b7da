"""Dagster's clock: what it takes for the present while a block runs."""

from contextlib import AbstractContextManager

from dagster._core import test_utils


def dagster_at(now: float) -> AbstractContextManager[None]:
    """Return a block in which Dagster stamps runs, events and ticks with `now`, in Unix seconds."""
    return test_utils.freeze_time(now)
