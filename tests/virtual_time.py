"""An event loop on which waiting takes no time: its clock stands while there is work and jumps to the next timer.

What runs on it must use no threads: the clock would not wait for them.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
GRACE_S = 0.05
"""How long, in real seconds, the kernel may take to carry bytes from one socket of the loop to another."""


class _JumpingSelector(selectors.SelectSelector):
    """Lets virtual time pass instead of waiting, once nothing came within `grace_s` real seconds."""

    def __init__(self, grace_s: float) -> None:
        super().__init__()
        self.now, self._grace_s = 0.0, grace_s

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready; when nothing is, move the clock by `timeout` seconds. None waits in earnest."""
        if timeout is None:
            return super().select()
        ready = super().select(min(timeout, self._grace_s))
        if not ready:
            self.now += max(0.0, timeout)
        return ready


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, selector: _JumpingSelector) -> None:
        self._jumping = selector
        super().__init__(selector)

    def time(self) -> float:
        """Return the virtual seconds since the loop began."""
        return self._jumping.now


def run_in_virtual_time(main: Coroutine[Any, Any, T], grace_s: float = 0.0) -> T:
    """Return what `main` returns; give `grace_s=GRACE_S` where both ends of a socket are on the loop."""
    with asyncio.Runner(loop_factory=lambda: _Loop(_JumpingSelector(grace_s))) as runner:
        return runner.run(main)
