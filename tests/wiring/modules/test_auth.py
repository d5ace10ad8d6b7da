import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from contracts.access.caller import Role
from contracts.modules.database import Transaction
from contracts.modules.events import VOCABULARY, Event, Payload, SessionRevokedV1
from contracts.refusals import NotFound
from resources.home import Home
from services.auth.module import AuthModule
from services.auth.retention import AuthRetention
from services.auth.sessions.credentials import end_credential
from services.events.delivery.dispatcher import Dispatcher
from services.events.envelope import Codec
from services.events.inbox import Inbox
from tests.migrated_home import open_migrated
from wiring.keys import HomeKeys, home_keys
from wiring.modules.auth import build_auth, build_identities
from wiring.modules.events import Events
from wiring.settings import read_settings


class Listener:
    """Remembers who was told to have ended."""

    name = "listener"
    takes: Sequence[type[Payload]] = (SessionRevokedV1,)
    replayable = False

    def __init__(self) -> None:
        self.publishing: list[tuple[str | None, str, str]] = []

    def handle(self, _: Transaction, event: Event) -> None:
        """Remember it."""
        assert isinstance(event.data, SessionRevokedV1)
        self.publishing.append((event.user, event.data.credential, event.data.reason))


class PublishingAuth:
    """A server whose auth publishes through the outbox."""

    def __init__(self, folder: Path, keys: HomeKeys, engine: sa.Engine) -> None:
        self.engine, self.keys, self.listener = engine, keys, Listener()
        settings = read_settings({"TIPBENCH_HOME": str(folder)}, folder, None)
        self.auth: AuthModule = build_auth(settings, engine, bus=Events(engine, keys.sealer).bus)

    def deliver(self) -> list[tuple[str | None, str, str]]:
        """What has come since."""
        inbox = Inbox(self.listener, Codec(self.keys.sealer, VOCABULARY))
        while Dispatcher(self.engine, [inbox], clock=time.time).step():
            pass
        publishing, self.listener.publishing = self.listener.publishing, []
        return publishing


@pytest.fixture
def publishing(tmp_path: Path) -> Iterator[PublishingAuth]:
    """On a real home."""
    engine = open_migrated(Home(tmp_path), None)
    yield PublishingAuth(tmp_path, home_keys(Home(tmp_path)), engine)
    engine.dispose()


def test_an_ended_session_is_told_once_and_with_its_reason(publishing: PublishingAuth) -> None:
    """Signing out and revoking; a second time there is nothing to tell, nor of an unknown one."""
    first, second = (
        publishing.auth.redeem(publishing.auth.invite(Role.USER, None, "tester").secret).caller for _ in range(2)
    )
    publishing.auth.sign_out(first)
    publishing.auth.revoke(second.credential)
    publishing.auth.revoke(second.credential)
    with pytest.raises(NotFound):
        publishing.auth.revoke("session-unknown")
    assert publishing.deliver() == [
        (first.subject, first.credential, "signed_out"),
        (second.subject, second.credential, "revoked"),
    ]


def test_a_change_that_is_undone_tells_nothing(publishing: PublishingAuth) -> None:
    """The event is written by the transaction that ends the session, and goes with it."""
    caller = publishing.auth.redeem(publishing.auth.local_link().secret).caller
    with publishing.engine.connect() as connection:
        end_credential(connection, caller.credential, publishing.auth.revocation_events, "revoked")
        connection.rollback()
    assert publishing.deliver() == []
    assert publishing.auth.is_live(caller)


def test_erasing_a_user_tells_of_their_sessions_though_their_key_is_gone(publishing: PublishingAuth) -> None:
    """The event names ids alone: nothing of it is sealed."""
    caller = publishing.auth.redeem(publishing.auth.invite(Role.USER, None, "tester").secret).caller
    publishing.keys.sealer.seal(caller.subject, "somewhere", b"something")
    publishing.keys.sealer.destroy(caller.subject)
    with publishing.engine.begin() as connection:
        for retention in AuthRetention(publishing.auth, build_identities(publishing.keys)).tables():
            if retention.erase is not None:
                retention.erase(connection, caller.subject)
    assert publishing.deliver() == [(caller.subject, caller.credential, "erased")]
