"""Judge rounds over an experiment, with a clock that tests turn and a list of the runs that were asked for."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from contracts.access.caller import Caller, Role
from contracts.judging import GivenAnswer, Receipt
from contracts.paging import PageRequest
from contracts.refusals import Unavailable
from core.benchmark.spec import Options
from resources.bench_context import BenchContext
from resources.collect.judges import record_judges
from resources.judging.import_export import export_pending, take_scores
from resources.judging.ingest import IngestReport
from resources.judging.rounds.batches import AnswerBatches
from resources.judging.rounds.round_service import RoundService
from resources.judging.rounds.uploads import Uploads
from resources.judging.rounds.webhooks import Webhooks
from resources.lake.specs import pin
from resources.sql.engine import open_engine
from resources.sql.tables import METADATA
from resources.tracking import SubprocessTracker
from tests.resources.judging.experiment import NAME, Bench

ADMIN = Caller("boss", Role.ADMIN, "session", "s1", 1e12)
ANNA = Caller("u-anna", Role.JUDGE, "session", "s2", 1e12, "anna")
BEN = Caller("u-ben", Role.JUDGE, "session", "s3", 1e12, "ben")
USER = Caller("u-none", Role.USER, "session", "s4", 1e12, "anna")


@dataclass
class RoundsSetup:
    """The round service of one experiment, and its callers."""

    bench: Bench
    engine: sa.Engine
    time: float = 1_800_000_000.0
    requested: list[tuple[str, str]] = field(default_factory=list)
    allowed: bool = True
    away: bool = False

    def __post_init__(self) -> None:
        """Build the service."""
        self.callers = {"admin": ADMIN, "anna": ANNA, "ben": BEN, "user": USER}
        self._ids = iter(range(1, 10**6))
        home = self.bench.home
        self.context = BenchContext(
            home=home,
            layers=(),
            defaults=Options(),
            author="tester",
            now=self.now,
            tracker=SubprocessTracker(home, None),
            show_progress=lambda _label, _total: nullcontext(lambda _progress: None),
            answers=AnswerBatches(self.engine, lambda: f"{next(self._ids):016x}"),
        )
        self.rounds = RoundService(
            self.context,
            self.engine,
            clock=lambda: self.time,
            random_bytes=os.urandom,
            request_export=lambda name, _actor: self._ask("export", name),
            request_publish=lambda name, _actor: self._ask("publish", name),
        )
        self.uploads = Uploads(
            self.context,
            self.engine,
            clock=lambda: self.time,
            random_bytes=os.urandom,
            still_allowed=lambda _actor, _role: self.allowed,
        )
        self.webhooks = Webhooks(self.context, self.engine, clock=lambda: self.time, random_bytes=os.urandom)

    def _ask(self, job: str, name: str) -> None:
        if self.away:
            raise Unavailable("the code server is away")
        self.requested.append((job, name))

    def now(self) -> str:
        """The clock, which moves on by a millisecond each time."""
        self.time += 0.001
        return datetime.fromtimestamp(self.time, UTC).isoformat(timespec="microseconds")

    def folder(self, judge: str = "anna") -> list[dict[str, Any]]:
        """Record a human judge, write the folder, and answer every item of it."""
        record_judges(self.context, NAME, [judge])
        return self.bench.answers(self.bench.export(judge))

    def open(self, judge: str = "anna") -> str:
        """Open a round and write its folder; its id."""
        opened = self.rounds.open(NAME, judge, None, ADMIN)
        export_pending(self.context, self.bench.spec)
        return opened.id

    def items(self, round_id: str, judge: Caller = ANNA) -> list[str]:
        """The round's item ids in order."""
        return [row.item for row in self.rounds.items(round_id, PageRequest(first=1000), judge).rows]

    def say(self, round_id: str, item: str, value: float, judge: Caller = ANNA) -> None:
        """Give an answer with one value everywhere."""
        self.rounds.submit(round_id, GivenAnswer(item=item, scores={"clear": value, "kind": value}), judge)

    def upload(self, token: str, data: bytes) -> Receipt:
        """Send a file to an upload link, in one piece."""

        async def body() -> AsyncIterator[bytes]:
            yield data

        return asyncio.run(self.uploads.take(token, body(), None))

    def publish(self) -> IngestReport:
        """What the asset judge_scores does."""
        return take_scores(self.context, self.bench.spec)

    def value(self, item: str) -> Any:
        """What the scores dataset holds for an item: a value, a reason, or None."""
        rows = [row for row in self.bench.scores().current().to_pylist() if row["item"] == item]
        assert len(rows) <= 1
        return (rows[0]["unscorable"] or rows[0]["score.clear"]) if rows else None


def open_rounds(bench: Bench, url: str) -> Iterator[RoundsSetup]:
    """The same on one database."""
    pin(bench.home, bench.spec)
    engine = open_engine(url)
    METADATA.create_all(engine)
    yield RoundsSetup(bench, engine)
    engine.dispose()
