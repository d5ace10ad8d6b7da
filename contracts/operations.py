"""What admins see of the running system: whether its parts work, what they wait for, and events that were given up."""

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

from contracts.modules.events import Lag
from contracts.paging import Page, PageRequest


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """An event that a consumer could not handle; `error` is the exception's class, never its text."""

    consumer: str
    id: str
    type: str
    user: str | None
    error: str
    attempts: int
    at: str


class HealthPart(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the system; `detail` says how it is, and what to do where it is not fine."""

    name: str
    state: Literal["fine", "note", "wrong"]
    detail: str


class PackageVersion(msgspec.Struct, frozen=True, kw_only=True):
    """An installed package and its version."""

    name: str
    version: str


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The system at `at`, ISO 8601 in UTC; `disk_free` and `disk_total` are bytes where the home lies.

    `since` is when this process began to serve.
    """

    at: str
    since: str
    parts: Sequence[HealthPart]
    consumers: Sequence[Lag]
    disk_free: int
    disk_total: int
    versions: Sequence[PackageVersion]


class HealthSource(Protocol):
    """Looks at the system; blocking, for some seconds where a part does not answer."""

    def health(self) -> Health:
        """Return how every part is now."""
        ...


class DeadLetters(Protocol):
    """Events that a consumer could not handle after all its tries."""

    def page(self, request: PageRequest) -> Page[DeadLetter]:
        """Return dead letters, oldest first; `where` may hold consumer."""
        ...

    def redeliver(self, consumer: str, ids: Sequence[str]) -> int:
        """Give events back to their consumer, to be tried anew, and return how many were given back."""
        ...
