"""Wakes a delivery worker after events were committed, when the connection that wrote them goes back to its pool."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

PUBLISHED = "tipbench events published"


def mark(connection: sa.Connection) -> None:
    """Mark the connection: events were written on it."""
    connection.info[PUBLISHED] = True


def wake_after_commit(engine: sa.Engine, wake: Callable[[], None]) -> None:
    """Call `wake` after each transaction of the engine that published, committed or not."""

    def on_checkin(_: Any, record: Any) -> None:
        if record.info.pop(PUBLISHED, False):
            wake()

    sa.event.listen(engine, "checkin", on_checkin)
