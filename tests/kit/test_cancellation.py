"""Computations that nobody waits for."""

import threading

import pytest

from kit.cancellation import Cancelled, cancelled_by, stop_if_cancelled


def test_a_computation_ends_at_the_next_look() -> None:
    """Only within its block, and only once it was told to; nested blocks have events of their own."""
    stop, inner = threading.Event(), threading.Event()
    stop_if_cancelled()
    with cancelled_by(stop):
        stop_if_cancelled()
        stop.set()
        with cancelled_by(inner):
            stop_if_cancelled()
        with pytest.raises(Cancelled):
            stop_if_cancelled()
    stop_if_cancelled()
