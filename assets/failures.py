"""Turns what people can mend into a Dagster failure of one sentence that no retry would help."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from contracts.refusals import Refusal


@contextmanager
def in_one_sentence() -> Iterator[None]:
    """Turn errors of input, state and disk into dg.Failure with their message; defects pass through as they are."""
    try:
        yield
    except (ValueError, RuntimeError, OSError, Refusal) as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error
