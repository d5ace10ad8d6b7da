"""Ends a computation that nobody waits for any more, at the next place that looks."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_STOP: ContextVar[threading.Event | None] = ContextVar("stop", default=None)


class Cancelled(Exception):
    """Raised in a computation that was cancelled; nobody is there to be answered."""


@contextmanager
def cancelled_by(stop: threading.Event) -> Iterator[None]:
    """Yield; what is computed within ends with Cancelled at the first `stop_if_cancelled` after `stop` is set."""
    token = _STOP.set(stop)
    try:
        yield
    finally:
        _STOP.reset(token)


def stop_if_cancelled() -> None:
    """Return if the computation goes on, as each does outside `cancelled_by`; raise Cancelled if it was cancelled."""
    stop = _STOP.get()
    if stop is not None and stop.is_set():
        raise Cancelled
