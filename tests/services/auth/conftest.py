"""Auth on a real SQLite file in WAL mode, with a clock that the test moves."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from contracts.modules.database import Transaction
from contracts.modules.events import Event, SessionRevokedV1
from contracts.refusals import Unavailable
from resources.sql.engine import open_engine
from services.auth.module import AuthModule
from services.auth.oidc_client.identities import Identities
from services.auth.sessions.revocation_events import RevocationEvents
from services.auth.tables import METADATA
from services.auth.tokens.signing_keys import KeyRing
from tests.services.auth.browsing import identities_in
from tests.serving import served_over_http

START = 1_800_000_000.0


class Clock:
    """Unix seconds that pass only when the test says so."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        """The time now."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock at a fixed moment."""
    return Clock()


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """The tables, on each kind of database."""
    opened = open_engine(database_url)
    METADATA.create_all(opened)
    yield opened
    opened.dispose()


class RecordingBus:
    """A bus that remembers."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def publish(self, _: Transaction, event: Event) -> None:
        """Remember the event."""
        self.events.append(event)

    def said(self) -> list[tuple[str | None, str, str]]:
        """Whose, which and why, of each."""
        found = []
        for event in self.events:
            assert isinstance(event.data, SessionRevokedV1)
            found.append((event.user, event.data.credential, event.data.reason))
        return found


@pytest.fixture
def bus(auth: AuthModule, clock: Clock) -> RecordingBus:
    """What auth tells of."""
    bus = RecordingBus()
    auth.revocation_events = RevocationEvents(bus, clock, bytes)
    return bus


@pytest.fixture
def way() -> str:
    """How the module is asked: here, or over HTTP; files of conformance tests say both."""
    return "here"


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    """The signing keys of all modules of a test."""
    return KeyRing(tmp_path / "keys")


@pytest.fixture
def identities(tmp_path: Path) -> Identities:
    """Identities sealed in a store beside the signing keys."""
    return identities_in(tmp_path)


@pytest.fixture
def auth(engine: sa.Engine, clock: Clock, keys: KeyRing, way: str) -> Iterator[AuthModule]:
    """The module."""
    module = AuthModule(engine, keys, clock=clock)
    if way == "here":
        yield module
        return
    with served_over_http("auth", module, clock, Unavailable) as client:
        yield client


@pytest.fixture
def elsewhere(engine: sa.Engine, clock: Clock, tmp_path: Path) -> AuthModule:
    """The same home seen by another process: nothing remembered is shared."""
    return AuthModule(engine, KeyRing(tmp_path / "keys"), clock=clock)
