"""The tables against their migrations, and the queries of the release against their indexes."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from contracts.modules.profile import Digest
from services.notifier.channels.sender import HandOver, SendOutcome
from services.notifier.delivery.slots import BACKOFF_S
from services.notifier.tables import METADATA
from tests.migrated_tables import differences_of
from tests.services.notifier.outside import Outside, Peer
from tests.services.notifier.world import DAY_S, World

LATER = HandOver(outcome=SendOutcome.LATER, reason="429")
OF_FEW_ROWS = (
    "ix_notifier_notices_waiting",
    "ix_notifier_deliveries_sending",
    "ix_notifier_deliveries_unknown",
)
"""Indexes that may be read as a whole."""
OF_ALL_ROWS = ("ix_notifier_deliveries_started_at", "ix_notifier_addresses_ended_at")
"""Indexes by which nearly every row is found: all hand-overs are from before, and most addresses have not ended."""


def test_the_migrations_make_the_tables(world: World) -> None:
    """A migrated database has exactly the tables, columns and indexes that the code names."""
    assert differences_of(world.engine, METADATA, "notifier_") == []


def test_no_query_of_a_release_reads_a_whole_table(tmp_path: Path) -> None:
    """Not what looks for notices that are due, taken again, unseen or of a digest, nor what counts them for admins."""
    world = World(tmp_path / "home")
    outside, seen = Outside(world, push=Peer("push", [LATER])), list[tuple[str, Any]]()
    outside.prefer(2, unseen_hours=1, digests=(Digest(topic="work", wait_minutes=1, most=9),))

    def note(_: Any, __: Any, statement: str, parameters: Any, ___: Any, many: bool) -> None:
        if not many and "notifier_" in statement and not statement.startswith("INSERT"):
            seen.append((statement, parameters))

    world.deliver()
    sa.event.listen(world.engine, "before_cursor_execute", note)
    for topic in ("sleep", "work", "work"):
        world.notify(topic=topic)
    for after in (BACKOFF_S * 2, DAY_S / 12):
        world.clock.now += after
        world.settle()
    world.notifier.notice_counts()
    sa.event.remove(world.engine, "before_cursor_execute", note)
    assert len(outside.push.got) == 3
    assert len(outside.mail.got) == 2
    with world.engine.connect() as connection:
        plans = {
            f"{row[3]} for {statement}"
            for statement, parameters in seen
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        }
    world.close()
    assert len(plans) > 10
    whole = [
        plan for plan in plans if plan.startswith("SCAN notifier_") and not any(map(plan.__contains__, OF_FEW_ROWS))
    ]
    assert whole == []
    assert [plan for plan in plans if any(map(plan.__contains__, OF_ALL_ROWS))] == []
