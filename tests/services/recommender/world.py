"""The recommender's surroundings: a migrated home with events on it, delivery inside the process, a clock of ours."""

import asyncio
import uuid
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.access.caller import Caller, Role
from contracts.module import ModuleContext
from contracts.modules.events import VOCABULARY, Event, Payload
from contracts.tips.ahead import AheadWriter
from contracts.tips.catalog import CatalogCell, CatalogTip, TipCatalog
from contracts.tips.recommendations import FeedbackKind, Surface, TakenFeedback, TipFeedback, TipRequest
from kit.sql.sessions import reading
from kit.times import iso
from resources.home import Home
from resources.privacy.user_keys import open_user_keys
from services.events.delivery.dispatcher import Dispatcher
from services.events.envelope import Codec
from services.events.inbox import Inbox
from services.events.outbox import OutboxBus
from services.events.retry_backoff import RetryBackoff
from services.events.signal_log import SignalLog
from services.events.tables import OUTBOX
from services.recommender.home import TipsHome
from services.recommender.module import RecommenderModule
from services.recommender.people import ReaderUpdates
from services.recommender.settings import RecommenderTable
from tests.migrated_home import open_migrated
from tests.user_keys import RecordedBytes

START = 1_800_000_000.0
"""2027-01-15, 08:00 in UTC, a Friday."""
AREAS = ("sleep", "work")


def cell(prompt: str, model: str = "template", tips: int = 2, **given: Any) -> CatalogCell:
    """Return a cell with so many tips in each area."""
    made = [CatalogTip(f"{prompt}-{area}-{n}", area, f"{prompt} {area} {n}.") for area in AREAS for n in range(tips)]
    return CatalogCell(model, prompt, tuple(made), **given)


CATALOG = TipCatalog((cell("terse"), cell("coach"), cell("long", "vendor/large", external=True)), fallback=True)


class StandingTips:
    """A source whose catalog is another one only when the test gives it one."""

    def __init__(self, catalog: TipCatalog) -> None:
        self.catalog, self.given = catalog, catalog

    def refresh(self) -> bool:
        """Whether the test gave another one."""
        before, self.catalog = self.catalog, self.given
        return before != self.catalog


class Clock:
    """Unix seconds that pass only when the test says so."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        """The time now."""
        return self.now


class World:
    """The module on one home, whose events are delivered when `deliver` says so; `engine` is one that is migrated."""

    def __init__(self, root: Path, url: str | None = None, engine: sa.Engine | None = None) -> None:
        self.home, self.clock = Home(root), Clock()
        self.engine = engine or open_migrated(self.home, url)
        self.sealer = open_user_keys(self.home, RecordedBytes())
        self.codec = Codec(self.sealer, VOCABULARY)
        self.bus = OutboxBus(self.codec, clock=self.clock)
        self.recommender = self.module()

    def module(
        self, catalog: TipCatalog = CATALOG, writer: AheadWriter | None = None, **settings: Any
    ) -> RecommenderModule:
        """Return a module on this home with another catalog or other settings, and what writes ahead."""
        return RecommenderModule(self.context(RecommenderTable(**settings)), StandingTips(catalog), writer)

    def context(self, settings: RecommenderTable) -> ModuleContext:
        """Return what a process gives the module."""
        return ModuleContext(
            database=self.engine,
            secret=lambda _: b"r" * 32,
            clock=self.clock,
            settings=settings,
            keys=self.home.keys,
            sealer=self.sealer,
            bus=self.bus,
            storage=self.home.storage,
            ids=lambda: str(uuid.uuid4()),
        )

    def ask(self, user: str = "user-a", surface: Surface = Surface.PAGE, k: int = 1, **context: Any) -> Any:
        """Return what is recommended."""
        return self.recommender.recommend(user, TipRequest(surface=surface, context=context, k=k))

    def say(self, made: Any, event: FeedbackKind, value: int | str | None = None, **given: Any) -> TakenFeedback:
        """Give feedback of the first tip of a decision, under a new id."""
        said = {"decision": made.decision, "tip": made.tips[0].tip, "id": str(uuid.uuid4()), **given}
        user = said.pop("user", "user-a")
        return self.recommender.feedback(user, TipFeedback(event=event, value=value, **said))

    def publish(self, data: Payload, user: str = "user-a") -> None:
        """Publish an event and deliver all."""
        with self.engine.begin() as connection:
            id_, time = str(uuid.uuid4()), iso(self.clock())
            self.bus.publish(connection, Event(id=id_, source="/test", time=time, data=data, user=user))
        self.deliver()

    def deliver(self) -> None:
        """Deliver what is in the outbox."""
        inboxes = [
            Inbox(consumer, self.codec, RetryBackoff(attempts=2))
            for consumer in (ReaderUpdates(self.sealer), SignalLog(self.codec))
        ]
        dispatcher = Dispatcher(self.engine, inboxes, clock=self.clock)
        while dispatcher.step():
            pass

    def published(self, kind: type[Payload]) -> list[Any]:
        """Return what events of a type say, in their order."""
        with reading(self.engine) as connection:
            chosen = sa.select(OUTBOX.c.body).where(OUTBOX.c.type == kind.type).order_by(OUTBOX.c.position)
            return [self.codec.decode(body).data for body in connection.execute(chosen).scalars()]

    def rows(self, table: sa.Table) -> list[Any]:
        """Return all rows of a table."""
        with reading(self.engine) as connection:
            return list(connection.execute(sa.select(table)))

    def section(self, user: str = "user-a") -> dict[str, Any]:
        """Return the part of the first screen."""
        caller = Caller(user, Role.USER, "session", "s", 2e9)
        found: dict[str, Any] = msgspec.to_builtins(asyncio.run(TipsHome(self.recommender)(caller, 1.0)))
        return found

    def close(self) -> None:
        """Close the stores."""
        self.engine.dispose()
        self.sealer.close()
