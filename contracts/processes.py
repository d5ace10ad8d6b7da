"""A child process that is started on demand, and what it answers."""

from collections.abc import AsyncIterator, Mapping
from typing import Protocol

import msgspec


class Fetched(msgspec.Struct, frozen=True):
    """The head of an answer, header names in lower case, and its body as it comes."""

    status: int
    headers: list[tuple[str, str]]
    body: AsyncIterator[bytes]


class OnDemandProcess(Protocol):
    """A child that runs only after it was first requested; calls come from one event loop."""

    def wake(self) -> None:
        """Start the process unless it runs; returns at once."""
        ...

    async def awake(self) -> bool:
        """Return whether the process answers now."""
        ...

    def sleep(self) -> None:
        """End the process if it runs."""
        ...

    async def fetch(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Fetched:
        """Send a request for `target` (path and query) and return the answer.

        Raise OSError if the process does not answer.
        """
        ...
