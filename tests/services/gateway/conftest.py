"""A judging room that does what the test says, and an audit log that can be read: both of the contracts' shape."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from contracts.access.audit import AuditEntry
from contracts.access.caller import Caller
from contracts.judging import Receipt
from contracts.paging import Page, PageRequest
from contracts.refusals import NotFound
from contracts.routes import RouteSpec
from kit.http.bodies import TooLarge
from tests.services.gateway.declared import routes_of
from tests.services.gateway.recording_app import RecordingApp

STORED = Receipt(sha256="ab" * 32, experiment="tip-bench-x", judge="anna", state="stored", n_answers=2)


class Log:
    """Implements contracts.access.audit.AuditLog in memory."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []

    def add(self, entry: AuditEntry) -> None:
        """Keep it."""
        self.entries.append(entry)

    def page(self, request: PageRequest) -> Page[AuditEntry]:
        """All of them."""
        return Page(self.entries, [], more=bool(request.where))


@dataclass
class MemoryMessages:
    """Implements contracts.judging.ScoreMessages in memory."""

    taken: list[tuple[str, str, bytes]] = field(default_factory=list)
    answer: Callable[[], Receipt] = lambda: STORED

    def take(self, endpoint: str, message_id: str, body: bytes) -> Receipt:
        """Note it and answer as told."""
        self.taken.append((endpoint, message_id, body))
        return self.answer()


@dataclass
class MemoryUploads:
    """Takes files as contracts.judging.ScoreUploads does, in memory: one link, `token`, of 1,000 bytes."""

    taken: list[tuple[str, bytes]] = field(default_factory=list)
    spent: bool = False
    answer: Callable[[], Receipt] = lambda: STORED

    async def take(self, token: str, body: AsyncIterator[bytes], caller: Caller | None) -> Receipt:
        """Read it all and answer as told."""
        assert caller is None
        if token != "token" or self.spent:
            raise NotFound("no such upload link; ask for a new one")
        data = b""
        async for chunk in body:
            data += chunk
            if len(data) > 1000:
                raise TooLarge("too large", ("body",))
        self.taken.append((token, data))
        receipt = self.answer()
        self.spent = receipt.state != "rejected"
        return receipt


class Client:
    """Asks declared routes in this process, without an edge before them; one loop a request."""

    def __init__(self, specs: Sequence[RouteSpec], service: Any) -> None:
        self._app = Starlette(routes=routes_of(specs, service))

    def request(self, method: str, path: str, **given: Any) -> httpx.Response:
        """One request and its whole answer."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
                return await client.request(method, path, **given)

        return asyncio.run(ask())


@pytest.fixture
def client_of() -> Any:
    """Makes a client of routes."""
    return Client


@pytest.fixture
def messages() -> Any:
    """Messages, none of them taken yet."""
    return MemoryMessages()


@pytest.fixture
def uploads() -> Any:
    """Uploads, none of them taken yet."""
    return MemoryUploads()


@pytest.fixture
def log() -> Any:
    """A fresh log."""
    return Log()


@pytest.fixture
def behind() -> RecordingApp:
    """A fresh app behind an endpoint."""
    return RecordingApp()
