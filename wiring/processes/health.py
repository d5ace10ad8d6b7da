"""How the running system is: its parts, consumers of events, disk and versions, as admins see it."""

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import metadata
from pathlib import Path

import sqlalchemy as sa

from contracts.modules.events import Lag
from contracts.operations import Health, HealthPart, PackageVersion
from contracts.refusals import Unavailable
from core.plurals import counted
from kit.disk_reserve import has_capacity
from kit.sql.sessions import reading
from kit.sql.store import AWAY
from kit.times import iso
from resources.dagster.health import dagster_health
from resources.dagster.host import DagsterHost
from resources.home_format import FORMAT

PACKAGES = ("tipbench", "dagster", "mlflow", "duckdb", "pyarrow", "strawberry-graphql", "sqlalchemy")
LATE_S = 60.0
"""The seconds after which an event that waits says that its consumer is behind."""


class ServedSystem:
    """Implements contracts.operations.HealthSource for the process that serves; `clock` gives Unix seconds.

    Without `host` nothing is said of Dagster, without `lag` nothing of events.
    """

    def __init__(
        self,
        root: Path,
        database: sa.Engine,
        clock: Callable[[], float],
        host: DagsterHost | None = None,
        lag: Callable[[], Sequence[Lag]] | None = None,
    ) -> None:
        self._root, self._database, self._clock, self._host, self._lag = root, database, clock, host, lag
        self._since = clock()

    def health(self) -> Health:
        """Return how every part is now; waits some seconds for a part that does not answer."""
        lags = self._lags()
        usage = shutil.disk_usage(self._root)
        return Health(
            at=iso(self._clock()),
            since=iso(self._since),
            parts=[*self._parts(), _events(lags), self._disk()],
            consumers=lags or (),
            disk_free=usage.free,
            disk_total=usage.total,
            versions=list(_versions()),
        )

    def _lags(self) -> Sequence[Lag] | None:
        """Return how far consumers are behind, None while the database that knows it is away."""
        try:
            return () if self._lag is None else self._lag()
        except (*AWAY, Unavailable):
            return None

    def _parts(self) -> Iterator[HealthPart]:
        kind = self._database.dialect.name
        try:
            with reading(self._database) as connection:
                connection.execute(sa.select(1))
            yield HealthPart(name="database", state="fine", detail=f"{kind} answers")
        except AWAY:
            said = f"{kind} does not answer: start it, or bring its file back; nothing is stored meanwhile"
            yield HealthPart(name="database", state="wrong", detail=said)
        if self._host is not None:
            yield from dagster_health(self._host, self._clock)

    def _disk(self) -> HealthPart:
        if has_capacity(self._root):
            return HealthPart(name="disk", state="fine", detail="more than its reserve is free")
        said = "only its reserve is left, and answers, uploads and messages are refused: make room, or tipbench prune"
        return HealthPart(name="disk", state="wrong", detail=said)


def _events(lags: Sequence[Lag] | None) -> HealthPart:
    if lags is None:
        return HealthPart(name="events", state="wrong", detail="not known while the database does not answer")
    dead = sum(each.dead for each in lags)
    late = [each.consumer for each in lags if each.waiting and each.oldest_s > LATE_S]
    if any(not each.complete for each in lags):
        return HealthPart(name="events", state="wrong", detail="the broker cannot be reached: look whether it runs")
    if dead:
        said = f"{counted(dead, 'event')} could not be handled: see the dead letters"
        return HealthPart(name="events", state="wrong", detail=said)
    if late:
        said = f"behind by more than a minute: {', '.join(late)}"
        return HealthPart(name="events", state="note", detail=said)
    return HealthPart(name="events", state="fine", detail=f"{counted(len(lags), 'consumer')}, none is behind")


def _versions() -> Iterator[PackageVersion]:
    yield PackageVersion(name="python", version=".".join(map(str, sys.version_info[:3])))
    for name in PACKAGES:
        yield PackageVersion(name=name, version=metadata.version(name))
    yield PackageVersion(name="home format", version=str(FORMAT))
