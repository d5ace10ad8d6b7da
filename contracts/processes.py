"""A child process that is started on demand, and its responses."""

from collections.abc import AsyncIterator, Mapping
from typing import Protocol

import msgspec


class Fetched(msgspec.Struct, frozen=True):
    """A response: status, headers with names in lower case, and the body in chunks as they arrive."""

    status: int
    headers: list[tuple[str, str]]
    body: AsyncIterator[bytes]


class OnDemandProcess(Protocol):
    """A child process that runs from the first request until it is stopped; call it from one event loop only."""

    def start(self) -> None:
        """Start the process unless it runs; return at once, before it answers."""
        ...

    async def running(self) -> bool:
        """Return whether the process answers requests now."""
        ...

    def stop(self) -> None:
        """Stop the process if it runs; `start` starts it again."""
        ...

    async def fetch(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Fetched:
        """Send a request for `target` (path and query) and return the answer.

        Raise OSError if the process does not answer.
        """
        ...
