"""A home whose happenings are announced, as tests and their processes open it."""

import uuid
from pathlib import Path

import sqlalchemy as sa

from contracts.modules.events import VOCABULARY
from core.scoring.checks import CheckResult
from kit.sql.sessions import reading
from kit.times import iso
from resources.announcements.announcer import Announcer
from resources.announcements.failed_checks import note_checks
from resources.home import Home
from resources.lake.leaderboards import publish
from resources.lake.lock import writing
from resources.privacy.user_keys import open_user_keys
from services.events.envelope import Codec
from services.events.outbox import OutboxBus
from services.events.tables import OUTBOX
from tests.migrated_home import open_migrated

NAME, START, DAY_S = "tip-bench-a", 1_800_000_000.0, 86_400.0


class AnnouncedHome:
    """A home with one experiment, its database, and a clock."""

    def __init__(self, root: Path, url: str | None = None) -> None:
        self.home, self.now = Home(root), START
        self.engine = open_migrated(self.home, url)
        self.sealer = open_user_keys(self.home)
        self.codec = Codec(self.sealer, VOCABULARY)
        self.home.storage.blobs.put(self.home.key(NAME, "spec.json"), b"{}")
        self.announcer = self.started()

    def started(self) -> Announcer:
        """Return what a process that starts has."""
        bus = OutboxBus(self.codec, clock=lambda: self.now)
        return Announcer(self.home, self.engine, bus, lambda: self.now, lambda: str(uuid.uuid4()))

    def publish(self, data_hash: str) -> None:
        """Publish a leaderboard, as any process does."""
        with writing(self.home, NAME, purpose="publish", now=iso(self.now)) as fence:
            publish(self.home, NAME, data_hash * 64, iso(self.now), {"leaderboard.json": b"[]"}, fence)

    def announced(self) -> list[str]:
        """The first digits of the published boards, in the order of their events."""
        with reading(self.engine) as connection:
            bodies = connection.execute(sa.select(OUTBOX.c.body).order_by(OUTBOX.c.position)).scalars()
            return [(getattr(self.codec.decode(body).data, "data_hash", None) or "?")[0] for body in bodies]

    def check(self, *, passed: bool) -> None:
        """Have a check noted, as any process does that ran it."""
        self.now += 1.0
        found = CheckResult("unique", passed, "error", "", {"duplicates": int(not passed)})
        note_checks(self.home, NAME, [found], lambda: iso(self.now))

    def close(self) -> None:
        """Close the stores."""
        self.engine.dispose()
        self.sealer.close()
