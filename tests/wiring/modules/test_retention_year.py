"""A simulated year of a server in use: with the nightly pruning no store grows that has a retention."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import dagster as dg
import pytest

from assets.pruning import prune_job
from benchmarks.server.daily_use import Counts, DailyUse
from benchmarks.server.year import rows, sizes
from contracts.access.caller import Role
from kit.sql.sessions import snapshot
from resources.dagster.recorder import open_instance
from tests.dagster_clock import dagster_at
from tests.wiring.conftest import NAME, Served
from wiring.modules.retention import pruner
from wiring.settings import read_settings

START = 1_800_000_000.0
STEP_DAYS, STEPS, LEVEL = 6, 64, 20
"""Days between two days of use; days of use in a year; and those after which what stays 120 days at most is full."""
USE = Counts(signals=6, changes=3, launches=1, sign_ins=1, tokens=1, refreshes=2, webhooks=1, uploads=2)
LONGER = {"audit_entries": USE.changes, "events_signals": USE.signals, "auth_grants": 1}
"""Tables that keep a row for longer than that, and how many a day of use brings at most."""
ROW_BYTES = 2_000
"""A row of them with its indexes, at most."""
LARGEST_WAL = 8_000_000
IN_A_HOME = {
    ".migrating", "dagster/dagster.yaml", "dagster/history", "dagster/schedules", "dagster/storage", "exports",
    "home.json", "inbox", "keys", "lake", "logs", "tipbench.db", "tipbench.db-shm", "tipbench.db-wal", "user-keys",
}  # fmt: skip
NEW_FILES = {"lake", "exports", "inbox", "keys", "logs", "home.json", ".migrating", "dagster/dagster.yaml"}
"""What a day of this use adds nothing to."""


class Now:
    """The clock that everything gets; `use` moves it."""

    use: DailyUse | None = None

    def __call__(self) -> float:
        """Return the simulated time in Unix seconds."""
        return START if self.use is None else self.use.now


@pytest.fixture
def clock() -> Callable[[], float]:
    """The clock of the served app's auth."""
    return Now()


@pytest.fixture
def use(served: Served, clock: Now) -> DailyUse:
    """What the app's stores get in a day."""
    clock.use = DailyUse(served.bench, served.database, NAME, "anna", START)
    return clock.use


@pytest.fixture
def instance(served: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """The home's instance, held open as the server does."""
    monkeypatch.setenv("DAGSTER_HOME", "")
    with open_instance(served.bench.home) as opened:
        yield opened


@contextmanager
def in_use(served: Served, use: DailyUse) -> Iterator[None]:
    """Read a snapshot from before the block till after it, and have requests and changes while it runs."""
    served.tokens["admin"] = served.auth.issue_token(Role.ADMIN, 3_600)
    answers: list[Any] = []

    def ask() -> None:
        use.change("at night")
        answers.append(served.graphql("{me{subject}}", "admin"))

    visitor = threading.Thread(target=ask)
    with snapshot(served.database) as reader:
        before = reader.exec_driver_sql("SELECT count(*) FROM audit_entries").scalar_one()
        visitor.start()
        yield
        visitor.join()
        assert reader.exec_driver_sql("SELECT count(*) FROM audit_entries").scalar_one() == before
    assert answers[0]["data"]["me"]["subject"]


def test_a_year_levels_off(served: Served, use: DailyUse, instance: dg.DagsterInstance) -> None:
    """Under readers and writers, rows and bytes after a year are those of the retentions, and free pages are used."""
    home = served.bench.home
    settings = read_settings({"TIPBENCH_HOME": str(home.root)}, home.root, None)
    night = pruner(settings, lambda: use.now)
    job = prune_job(night)
    seen = {}
    for step in range(1, STEPS + 1):
        use.day(USE, STEP_DAYS)
        if step % 8 == 0:  # a run of Dagster is dear: it gets a database of its own
            with in_use(served, use), dagster_at(use.now):
                assert job.execute_in_process(instance=instance).success
        elif step % 4 == 0:
            with in_use(served, use):
                night()
        if step in (LEVEL, STEPS):
            seen[step] = rows(served.database), sizes(home)
    (tables, stores), (tables_then, stores_then) = seen[LEVEL], seen[STEPS]
    grown = {table for table in tables if tables_then[table] > 1.2 * tables[table] + 2}
    assert grown <= set(LONGER), (tables, tables_then)
    added = sum(tables_then[table] - tables[table] for table in LONGER)
    assert added <= (STEPS - LEVEL) * (sum(LONGER.values()) + 1)
    assert stores_then["tipbench.db"] <= stores["tipbench.db"] + added * ROW_BYTES
    assert set(stores_then) <= IN_A_HOME
    assert stores_then["tipbench.db-wal"] <= LARGEST_WAL
    for store in ("dagster/history", "dagster/schedules", "dagster/storage", "user-keys"):
        assert stores_then[store] <= 1.2 * stores[store], (store, stores, stores_then)
    assert {name: stores_then[name] for name in NEW_FILES & set(stores)} == {
        name: stores[name] for name in NEW_FILES & set(stores)
    }
