"""Calls outside that end when the process does: those under way within a grace, the others before they begin."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from services.notifier.channels.sender import HandOver, SendOutcome

GRACE_S = 3.0
"""How long a call under way may take once the process ends; peers answer within a fraction of it."""
CUT_OFF = HandOver(outcome=SendOutcome.UNKNOWN, reason="stopped")
NOT_BEGUN = HandOver(outcome=SendOutcome.LATER, reason="stopped")


class StoppableCalls:
    """Holds the calls of one worker, on one event loop at a time; `stop` comes from any thread."""

    def __init__(self, grace_s: float = GRACE_S) -> None:
        self._grace_s, self._lock = grace_s, threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._under_way = set[asyncio.Task[Any]]()
        self._stopped, self._cut_off = False, False

    def stop(self) -> None:
        """Let no call begin any more, and cut off after the grace what has not ended."""
        with self._lock:
            self._stopped = True
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._loop.call_later, self._grace_s, self._cut)

    @contextmanager
    def on_this_loop(self) -> Iterator[None]:
        """Make calls on the running event loop while the block runs."""
        with self._lock:
            self._loop = asyncio.get_running_loop()
        try:
            yield
        finally:
            with self._lock:
                self._loop = None

    async def call(self, begin: Callable[[], Coroutine[Any, Any, HandOver]]) -> HandOver:
        """Return what became of a call: NOT_BEGUN once the process ends, CUT_OFF where it did not end in time."""
        task = asyncio.current_task()
        if self._stopped or task is None:
            return NOT_BEGUN
        self._under_way.add(task)
        try:
            return await begin()
        except asyncio.CancelledError:
            if not self._cut_off:
                raise
            task.uncancel()
            return CUT_OFF
        finally:
            self._under_way.discard(task)

    def _cut(self) -> None:
        self._cut_off = True
        for task in self._under_way:
            task.cancel()
