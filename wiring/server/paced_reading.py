"""Bytes of one address are read at a bounded rate, so that whoever sends a flood leaves time for everybody else."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.flow_control import FlowControl

from kit.http.pace import RatePace

RATE, BURST = 32 << 20, 8 << 20
"""Bytes a second that are read of an address, and how many at once before that holds."""


class ReadPace:
    """When more may be read of each address; a proxy's address reads as fast as it comes."""

    def __init__(
        self,
        rate: float = RATE,
        burst: float = BURST,
        proxies: frozenset[str] = frozenset(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pace, self._proxies = RatePace(rate, burst, clock), proxies

    def take(self, address: str, size: int) -> float:
        """Count bytes that came from an address; return the seconds to wait before more is read, 0 for none."""
        return 0.0 if address in self._proxies else self._pace.take(address, size)


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
