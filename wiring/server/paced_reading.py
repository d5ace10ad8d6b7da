"""Bytes of one address are read at a bounded rate, so that whoever sends a flood leaves time for everybody else."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.flow_control import FlowControl

RATE, BURST = 32 << 20, 8 << 20
"""Bytes a second that are read of an address, and how many at once before that holds."""
MOST_ADDRESSES = 10_000
"""Addresses that are remembered before those that may read at once are forgotten."""


class ReadPace:
    """When more may be read of each address; a proxy's address reads as fast as it comes."""

    def __init__(
        self,
        rate: float = RATE,
        burst: float = BURST,
        proxies: frozenset[str] = frozenset(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate, self._burst, self._proxies, self._clock = rate, burst, proxies, clock
        self._until: dict[str, float] = {}

    def take(self, address: str, size: int) -> float:
        """Count bytes that came from an address; return the seconds to wait before more is read, 0 for none."""
        if address in self._proxies:
            return 0.0
        now = self._clock()
        if len(self._until) > MOST_ADDRESSES:
            self._until = {each: until for each, until in self._until.items() if until > now}
        until = max(self._until.get(address, 0.0), now - self._burst / self._rate) + size / self._rate
        self._until[address] = until
        return max(0.0, until - now)


class PacedFlow(FlowControl):
    """uvicorn's flow control, which in addition reads nothing while a connection is held."""

    def __init__(self, transport: asyncio.Transport, later: Callable[[float, Callable[[], None]], Any]) -> None:
        super().__init__(transport)
        self._later, self._held = later, False

    def hold(self, seconds: float) -> None:
        """Read nothing for so long; one that is held already stays held as it is."""
        if not self._held:
            self._held = True
            if not self.read_paused:
                self._transport.pause_reading()
            self._later(seconds, self._release)

    def pause_reading(self) -> None:
        """Read nothing until the application wants more."""
        if not self.read_paused:
            self.read_paused = True
            if not self._held:
                self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read on for the application, once nothing else holds the connection."""
        if self.read_paused:
            self.read_paused = False
            if not self._held:
                self._transport.resume_reading()

    def _release(self) -> None:
        self._held = False
        if not self.read_paused and not self._transport.is_closing():
            self._transport.resume_reading()
