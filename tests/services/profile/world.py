"""Profile's surroundings: a migrated home with events on it, delivery inside the process, a clock of ours."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from contracts.modules.database import Transaction
from contracts.modules.events import VOCABULARY, Consumer, Event, Payload
from contracts.modules.profile import Caps, Channel, Preferences, Profile, Purpose, Quiet, Weekday
from contracts.modules.retention import Data, PartsRetention, Record, RetentionPolicy, TableRetention
from contracts.refusals import NotFound
from kit.sql.retention import table_retention
from kit.times import iso
from resources.home import Home
from resources.privacy.erasure_ledger import open_ledger
from resources.privacy.export_archive import ExportArchives
from resources.privacy.module_eraser import ModuleEraser
from resources.privacy.user_keys import open_user_keys
from resources.sql.engine import empty_log
from services.events.delivery.dispatcher import Dispatcher
from services.events.envelope import Codec
from services.events.inbox import Inbox
from services.events.outbox import OutboxBus
from services.events.retention import EventsRetention
from services.events.retry_backoff import RetryBackoff
from services.events.signal_log import SignalLog
from services.profile.erasure.saga import ErasureDependencies, ErasureSaga, Receipts
from services.profile.module import ProfileModule
from services.profile.retention import ProfileRetention
from tests.migrated_home import open_migrated
from tests.user_keys import RecordedBytes

KEY = b"p" * 32
FULL = Profile(
    name="CANARY Ada",
    locale="de-AT",
    preferences=Preferences(
        time_zone="Europe/Berlin",
        channels=(Channel.PUSH,),
        muted=("sleep",),
        quiet=(Quiet(Weekday.FRI, "22:30", "07:00"),),
        caps=Caps(per_24h=3, per_topic=1),
    ),
)
"""A profile with a value in every field."""


class Clock:
    """Unix seconds that pass only when the test says so."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        """The time now."""
        return self.now


class Notes:
    """A module with one table of sealed notes; `breaks` makes it fail after it erased, `on_export` runs before one."""

    name = "notes"

    def __init__(self, engine: sa.Engine, sealer: Any) -> None:
        self.sealer, self.breaks = sealer, False
        self.on_export: Callable[[], None] = lambda: None
        self.table = sa.Table(
            "notes_notes",
            sa.MetaData(),
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("user", sa.Text),
            sa.Column("sealed", sa.LargeBinary),
        )
        self.table.create(engine)

    def add(self, connection: sa.Connection, user: str, text: str) -> None:
        """One more."""
        sealed = self.sealer.seal(user, "notes", text.encode())
        connection.execute(self.table.insert().values(user=user, sealed=sealed))

    def tables(self) -> Sequence[TableRetention]:
        """The one table."""
        columns = {"id": Data.PLAIN, "user": Data.USER, "sealed": Data.SEALED}
        rule = "until its user is erased"
        return [
            table_retention(
                table=self.table, columns=columns, rule=rule, prune=None, export=self._export, erase=self._erase
            )
        ]

    def _export(self, connection: sa.Connection, user: str) -> Iterator[Record]:
        self.on_export()
        for row in connection.execute(sa.select(self.table).where(self.table.c.user == user)):
            yield {"id": row.id, "text": self.sealer.open(user, "notes", row.sealed).decode()}

    def _erase(self, connection: sa.Connection, user: str) -> int:
        rows = connection.execute(self.table.delete().where(self.table.c.user == user)).rowcount
        if self.breaks:
            raise RuntimeError("the module is away")
        return rows


class Granted:
    """Grants at a provider: `held_by` are the users who have one, `away` is its not answering, `back` what it can."""

    def __init__(self, sealer: Any) -> None:
        self.sealer, self.held_by, self.away, self.back = sealer, set[str](), False, True
        self.requested: list[str] = []

    def held(self, user: str) -> bool:
        """Whether there is one."""
        return user in self.held_by

    def take_back(self, user: str) -> bool:
        """Needs the user's key, as the real ones do."""
        self.requested.append(user)
        self.sealer.seal(user, "place", b"x")
        if self.away:
            raise ConnectionError("planted-token")
        return self.back


class Seen:
    """A consumer that asks something at each event that it takes."""

    name, replayable = "seen", True

    def __init__(self, takes: tuple[type[Payload], ...], ask: Callable[[Event], Any]) -> None:
        self.takes, self._ask = takes, ask
        self.answers: list[Any] = []

    def handle(self, _: Transaction, event: Event) -> None:
        """Keep the answer."""
        self.answers.append(self._ask(event))


class World:
    """The modules on one migrated home; `users` are those that there are, `erases_events` erases events at the end."""

    def __init__(
        self,
        root: Path,
        users: Sequence[str],
        *,
        erases_events: bool = False,
        url: str | None = None,
    ) -> None:
        self.home, self.clock, self.users = Home(root), Clock(), set(users)
        self.engine = open_migrated(self.home, url)
        self.random_bytes = RecordedBytes()
        self.sealer = open_user_keys(self.home, self.random_bytes)
        self.codec = Codec(self.sealer, VOCABULARY)
        self.bus = OutboxBus(self.codec, clock=self.clock)
        self.notes = Notes(self.engine, self.sealer)
        self.profile = ProfileModule(self.engine, self.sealer, self.bus, KEY, ids=new_id, clock=self.clock)
        self.policy = ProfileRetention(self.sealer, self.clock)
        self.policies: list[RetentionPolicy] = [self.policy, self.notes]
        self.last = [EventsRetention(self.codec, whole=True)] if erases_events else []
        self.ledger = open_ledger(self.home)
        self.grants = Granted(self.sealer)
        self.dependencies = ErasureDependencies(
            check_erasable=self.check_erasable,
            ledger=self.ledger,
            sealer=self.sealer,
            scrub=lambda: empty_log(self.engine),
            grants=self.grants,
        )
        self.saga = self.saga_with(self.dependencies)
        self.archives = ExportArchives(
            self.engine, [*self.policies, *self.last], self.home.root / "tmp", now=lambda: iso(self.clock())
        )
        self.consumers: list[Consumer] = [SignalLog(self.codec), Receipts(self.clock), *self.erasers()]

    def saga_with(self, dependencies: ErasureDependencies, parts: Sequence[PartsRetention] = ()) -> ErasureSaga:
        """Return a saga over the modules that asks these others, and erases from these parts too."""
        return ErasureSaga(
            self.engine,
            self.bus,
            KEY,
            dependencies,
            modules=[policy.name for policy in self.policies],
            last=[self.policy, *self.last],
            parts=parts,
            ids=new_id,
            clock=self.clock,
        )

    def erasers(self) -> list[ModuleEraser]:
        """A consumer a module."""
        return [ModuleEraser(policy, self.bus, ids=new_id, now=lambda: iso(self.clock())) for policy in self.policies]

    def check_erasable(self, user: str, being_erased: frozenset[str]) -> None:
        """Whoever is there."""
        if user not in self.users - being_erased:
            raise NotFound("there is no such user", ("user",))

    def publish(self, *events: Event) -> None:
        """In a transaction of their own."""
        with self.engine.begin() as connection:
            for event in events:
                self.bus.publish(connection, event)

    def settle(self) -> None:
        """Deliver until nothing moves."""
        inboxes = [Inbox(consumer, self.codec, RetryBackoff(attempts=3)) for consumer in self.consumers]
        dispatcher = Dispatcher(self.engine, inboxes, clock=self.clock)
        while dispatcher.step():
            pass

    def close(self) -> None:
        """Close the stores."""
        self.engine.dispose()
        self.sealer.close()


def new_id() -> str:
    """A random UUID as text."""
    return str(uuid.uuid4())


def fill(world: World, user: str = "user-a") -> None:
    """A profile, a consent, two notes."""
    world.profile.put_profile(user, Profile(name="Ada"), 0)
    world.profile.decide(user, Purpose.PUSH, given=True, version=1, channel="session")
    with world.engine.begin() as connection:
        world.notes.add(connection, user, "first")
        world.notes.add(connection, user, "second")
