"""The audit log, on each kind of database."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from contracts.access.audit import AuditEntry
from contracts.paging import PageRequest
from resources.sql.audit_log import DAY_S, AuditTable
from resources.sql.engine import open_engine
from resources.sql.tables import AUDIT, METADATA
from tests.deadline import DEADLINE_S


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """An empty log."""
    opened = open_engine(database_url)
    METADATA.create_all(opened)
    yield opened
    opened.dispose()


def _entry(actor: str, operation: str = "grant", **more: Any) -> AuditEntry:
    return AuditEntry(
        at="2027-01-15T08:00:00.000000+00:00",
        actor=actor,
        role="ADMIN",
        operation=operation,
        target="tip-bench-a",
        input_hash="0" * 64,
        outcome="done",
        request_id="r",
        **more,
    )


def test_entries_come_back_as_they_were_given(engine: sa.Engine) -> None:
    """Newest first, a page at a time, with what was before and after."""
    log = AuditTable(engine)
    for number in range(5):
        log.add(_entry(f"user-{number}", before={"role": "USER"}, after={"role": "ADMIN", "ü": "\u2028'"}))
    first = log.page(PageRequest(first=2))
    assert [entry.actor for entry in first.rows] == ["user-4", "user-3"]
    assert first.rows[0].after == {"role": "ADMIN", "ü": "\u2028'"}
    rest = log.page(PageRequest(first=5, after=first.keys[-1]))
    assert [entry.actor for entry in rest.rows] == ["user-2", "user-1", "user-0"]
    assert (first.more, rest.more) == (True, False)


def test_entries_are_found_by_who_and_what(engine: sa.Engine) -> None:
    """By actor, operation, target and outcome; the whole list under the filter is counted on request."""
    log = AuditTable(engine)
    log.add(_entry("user-1"))
    log.add(_entry("user-1", "revoke"))
    log.add(_entry("user-2", "revoke"))
    found = log.page(PageRequest(first=9, where={"actor": "user-1", "operation": "revoke"})).rows
    assert [(entry.actor, entry.operation) for entry in found] == [("user-1", "revoke")]
    assert log.page(PageRequest(first=9, where={"target": "other"})).rows == []
    assert log.page(PageRequest(first=9, where={"outcome": "FORBIDDEN"})).rows == []
    counted = [log.page(PageRequest(first=1, where=where)).count for where in ({}, {"actor": "user-1"})]
    assert [count and count() for count in counted] == [3, 2]


def test_entries_of_many_threads_are_all_there(engine: sa.Engine) -> None:
    """Each with an id of its own."""
    log = AuditTable(engine)

    def write() -> None:
        for _ in range(10):
            log.add(_entry("user-1"))

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S)
    ids = [entry.id for entry in log.page(PageRequest(first=100)).rows]
    assert len(set(ids)) == 40
    assert ids == sorted(ids, reverse=True)


MOST = 20


def _count(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(AUDIT)).scalar_one())


@pytest.mark.parametrize(("role", "actors"), [("JUDGE", ["user-1"]), ("UPLOAD", ["upload:1", "upload:2"])])
def test_what_is_refused_fills_no_disk(tmp_path: Path, role: str, actors: list[str]) -> None:
    """Of a caller, and of all links of an experiment, so many are rows in a day; what is done is one always."""
    now = 0.0
    engine = open_engine(f"sqlite:///{tmp_path / 'audit.db'}")
    METADATA.create_all(engine)
    log = AuditTable(engine, lambda: now, MOST)
    for number in range(MOST + 10):
        refused = _entry(actors[number % len(actors)])
        log.add(msgspec.structs.replace(refused, role=role, outcome="NOT_FOUND"))
    assert _count(engine) == MOST
    done = msgspec.structs.replace(_entry(actors[0]), role=role)
    log.add(done)
    log.add(msgspec.structs.replace(_entry("an-admin"), outcome="CONFLICT"))
    assert _count(engine) == MOST + 2
    now += DAY_S / 2
    for _ in range(MOST):
        log.add(msgspec.structs.replace(done, outcome="CONFLICT"))
    assert abs(_count(engine) - (MOST + 2 + MOST // 2)) <= 1
    engine.dispose()
