"""What a user gets of the benchmark's tables, and what is left when they are erased."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from contracts.access.audit import AuditEntry
from contracts.modules.retention import TableRetention
from contracts.paging import PageRequest
from resources.home import Home
from resources.privacy.benchmark_retention import BenchmarkRetention
from resources.sql.audit_log import AuditTable
from resources.sql.tables import ANSWERS, UPLOADS
from tests.migrated_home import open_migrated

USER, OTHER = "user-1", "user-2"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    """An audit log of two users, an answer and an upload link of each."""
    opened = open_migrated(Home(tmp_path), None)
    with opened.begin() as connection:
        for user in (USER, OTHER):
            answer = {"experiment": "tip-bench-a", "round": "r", "judge": "anna", "item": user, "answer": "{}"}
            connection.execute(ANSWERS.insert().values(**answer, saved_at="2026-01-01T00:00:00+00:00", actor=user))
            link = {"token_hash": f"hash-{user}", "actor": user, "role": 2, "experiment": "tip-bench-a", "size": 1}
            connection.execute(UPLOADS.insert().values(**link, expires_at=1_800_000_000.0))
    log = AuditTable(opened)
    for actor, target in ((USER, "tip-bench-a"), (OTHER, USER), (OTHER, "tip-bench-a")):
        log.add(_entry(actor, target))
    yield opened
    opened.dispose()


def _entry(actor: str, target: str) -> AuditEntry:
    return AuditEntry(
        at="2026-01-01T00:00:00.000000+00:00",
        actor=actor,
        role="ADMIN",
        operation="grant",
        target=target,
        input_hash="0" * 64,
        outcome="done",
        request_id="r",
        after={"role": "USER"},
    )


def _retention(table: str) -> TableRetention:
    return next(retention for retention in BenchmarkRetention().tables() if retention.table.name == table)


def test_a_user_gets_their_own_rows_without_secrets(engine: sa.Engine) -> None:
    """What they did and what was done to them; times readable, no hash of a link."""
    with engine.connect() as connection:
        found = {
            retention.table.name: list(retention.export(connection, USER))
            for retention in BenchmarkRetention().tables()
            if retention.export
        }
    assert [(row["actor"], row["target"]) for row in found["audit_entries"]] == [(USER, "tip-bench-a"), (OTHER, USER)]
    assert found["audit_entries"][0]["after"] == '{"role":"USER"}'
    assert [row["item"] for row in found["bench_answers"]] == [USER]
    assert found["bench_uploads"][0]["expires_at"] == "2027-01-15T08:00:00.000000+00:00"
    assert "hash" not in str(found["bench_uploads"])
    assert found["bench_launches"] == []


def test_an_erased_user_leaves_the_log_whole(engine: sa.Engine) -> None:
    """Every entry stays, with a fixed word for who it was; another user's rows are as they were."""
    audit = _retention("audit_entries")
    assert audit.erase is not None
    with engine.begin() as connection:
        assert audit.erase(connection, USER) == 2
        assert audit.erase(connection, USER) == 0
    rows = AuditTable(engine).page(PageRequest(first=10)).rows
    said = [(row.id, row.actor, row.target) for row in reversed(rows)]
    assert said == [(1, "erased", "tip-bench-a"), (2, OTHER, "erased"), (3, OTHER, "tip-bench-a")]


def test_an_erased_judge_leaves_the_answers(engine: sa.Engine) -> None:
    """Scores stay with their experiment; links of the user are gone."""
    answers, uploads = _retention("bench_answers"), _retention("bench_uploads")
    assert answers.erase is not None
    assert uploads.erase is not None
    with engine.begin() as connection:
        assert (answers.erase(connection, USER), uploads.erase(connection, USER)) == (1, 1)
        actors = connection.scalars(sa.select(ANSWERS.c.actor).order_by(ANSWERS.c.id)).all()
        assert actors == ["erased", OTHER]
        assert connection.scalars(sa.select(UPLOADS.c.actor)).all() == [OTHER]
