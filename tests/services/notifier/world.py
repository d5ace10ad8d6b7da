"""Notifier's surroundings: a migrated home with events on it, delivery inside the process, a clock of ours."""

import asyncio
import uuid
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.access.caller import Caller, Role
from contracts.module import ModuleContext
from contracts.modules.events import VOCABULARY, Consumer, Event, NoticeRequestedV1, Payload
from contracts.modules.notices import InboxNotice, NoticeQuery, Shown
from contracts.modules.profile import Channel
from kit.times import iso
from resources.home import Home
from resources.privacy.user_keys import open_user_keys
from services.events.delivery.dispatcher import Dispatcher
from services.events.envelope import Codec
from services.events.inbox import Inbox
from services.events.outbox import OutboxBus
from services.events.retry_backoff import RetryBackoff
from services.notifier.addresses.session_ends import SessionEnds
from services.notifier.addresses.stored import SealedAddress, StoredAddresses
from services.notifier.channels.settings import MailTable, NotifierTable
from services.notifier.channels.web_push.vapid_keys import VapidKeys
from services.notifier.home import NoticesHome
from services.notifier.mail_links.link_tokens import LinkTokens
from services.notifier.module import NotifierModule
from services.notifier.people import PeopleUpdates
from services.notifier.release import Release
from services.notifier.requests import NoticeRequests
from tests.migrated_home import open_migrated
from tests.user_keys import RecordedBytes

HASH_KEY = b"a" * 32
DAY_S = 86_400.0
START = 1_800_000_000.0
"""2027-01-15, 08:00 in UTC, a Friday."""


class Clock:
    """Unix seconds that pass only when the test says so."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        """The time now."""
        return self.now


class World:
    """The module on one home, whose events are delivered when `settle` says so; `engine` is one that is migrated."""

    def __init__(self, root: Path, url: str | None = None, engine: sa.Engine | None = None) -> None:
        self.home, self.clock = Home(root), Clock()
        self.engine = engine or open_migrated(self.home, url)
        self.sealer = open_user_keys(self.home, RecordedBytes())
        self.codec = Codec(self.sealer, VOCABULARY)
        self.bus = OutboxBus(self.codec, clock=self.clock)
        self.tokens = LinkTokens(HASH_KEY)
        self.addresses = StoredAddresses(HASH_KEY, self.sealer, self.clock, new_id)
        self.vapid = VapidKeys(self.home.keys)
        mail = MailTable(host="relay.example", sender="tips@tips.example")
        self.notifier = NotifierModule(self.context(NotifierTable(mail=mail)), self.addresses)
        self.consumers: list[Consumer] = [
            NoticeRequests(self.sealer, self.clock, 14 * DAY_S),
            PeopleUpdates(self.sealer, self.clock),
            SessionEnds(self.clock),
        ]
        self.release = Release(self.notifier.store, self.sealer, self.clock, senders={}, addresses=self.addresses)

    def context(self, settings: NotifierTable, *exceptions: tuple[str, int]) -> ModuleContext:
        """Return what a process gives the module."""
        return ModuleContext(
            database=self.engine,
            secret=lambda _: HASH_KEY,
            clock=self.clock,
            settings=settings,
            keys=self.home.keys,
            sealer=self.sealer,
            bus=self.bus,
            storage=self.home.storage,
            ids=new_id,
            egress_exceptions=frozenset(exceptions),
        )

    def reach(self, channel: Channel, text: str, user: str = "user-a", credential: str | None = None) -> str:
        """Store an address of a user and return its id."""
        with self.notifier.store.writing() as connection:
            sealed = SealedAddress(text, f"shown {text}")
            return self.addresses.add(connection, user, channel, sealed, name=text, credential=credential)

    def publish(self, data: Payload, user: str = "user-a", id_: str | None = None) -> str:
        """Publish an event in a transaction of its own and return its id."""
        event = Event(id=id_ or new_id(), source="/tests", time=iso(self.clock()), data=data, user=user)
        with self.engine.begin() as connection:
            self.bus.publish(connection, event)
        return event.id

    def deliver(self) -> None:
        """Deliver events until nothing moves."""
        inboxes = [Inbox(consumer, self.codec, RetryBackoff(attempts=2)) for consumer in self.consumers]
        dispatcher = Dispatcher(self.engine, inboxes, clock=self.clock)
        while dispatcher.step():
            pass

    def settle(self) -> None:
        """Deliver events and release what is due until nothing moves."""
        self.deliver()
        while self.release.step():
            pass

    def notify(self, title: str = "A tip", user: str = "user-a", **given: Any) -> str:
        """Request a notice and do everything that is due; return its id."""
        id_ = self.publish(request(title, **given), user)
        self.settle()
        return id_

    def inbox(self, user: str = "user-a", show: Shown = Shown.INBOX) -> list[InboxNotice]:
        """Return the user's inbox, latest first."""
        return list(self.notifier.inbox(user, NoticeQuery(show=show, first=100)).notices)

    def section(self, user: str = "user-a") -> dict[str, Any]:
        """Return the part of the first screen."""
        caller = Caller(user, Role.USER, "session", "s", 2e9)
        found: dict[str, Any] = msgspec.to_builtins(asyncio.run(NoticesHome(self.notifier)(caller, 1.0)))
        return found

    def close(self) -> None:
        """Close the stores."""
        self.engine.dispose()
        self.sealer.close()


def request(title: str = "A tip", **given: Any) -> NoticeRequestedV1:
    """Return a request for a notice."""
    return NoticeRequestedV1(**{"topic": "sleep", "title": title, "text": "Go to bed early.", **given})


def new_id() -> str:
    """A random UUID as text."""
    return str(uuid.uuid4())
