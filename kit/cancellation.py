"""Ends a computation that nobody waits for any more, at the next place that looks."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")
LOOK_EVERY_S = 0.1
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


def run_cancellable(work: Coroutine[Any, Any, T]) -> T:
    """Return what the coroutine returns, as asyncio.run does; raise KeyboardInterrupt once it was cancelled.

    That is what Ctrl-C does, which only a process's main thread gets.
    """
    try:
        return run_until_cancelled(work)
    except Cancelled:
        raise KeyboardInterrupt from None


def run_until_cancelled(work: Coroutine[Any, Any, T]) -> T:
    """Return what the coroutine returns, as asyncio.run does; raise Cancelled once it was cancelled."""
    stop = _STOP.get()
    return asyncio.run(work if stop is None else _until(stop, work))


async def _until(stop: threading.Event, work: Coroutine[Any, Any, T]) -> T:
    task = asyncio.ensure_future(work)
    while not task.done() and not stop.is_set():
        await asyncio.wait({task}, timeout=LOOK_EVERY_S)
    if not task.done():
        task.cancel()
    try:
        return await task
    except asyncio.CancelledError:
        raise Cancelled from None
