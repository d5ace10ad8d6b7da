"""A process beside the server that is started when it is needed, and what it answers."""

from collections.abc import AsyncIterator, Mapping
from typing import Protocol

import msgspec


class Fetched(msgspec.Struct, frozen=True):
    """The head of an answer, header names in lower case, and its body as it comes."""

    status: int
    headers: list[tuple[str, str]]
    body: AsyncIterator[bytes]


class OnDemandProcess(Protocol):
    """A child that sleeps until somebody asks for it; calls come from one event loop."""

    def wake(self) -> None:
        """Start it unless it runs; returns at once."""
        ...

    async def awake(self) -> bool:
        """Whether it answers now."""
        ...

    def sleep(self) -> None:
        """End it."""
        ...

    async def fetch(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Fetched:
        """Ask it for `target` (path and query); OSError when it is gone."""
        ...
