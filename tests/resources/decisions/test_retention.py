"""How long published decisions stay, in the words of their record."""

from pathlib import Path
from typing import Any

from contracts.tips.decision_log import DayCounts, PublishedDay
from kit.times import unix_seconds
from resources.decisions.parts import SCHEMA, DecisionPartFiles
from resources.decisions.retention import RETENTION_S, DecisionRetention, published_decisions
from tests.contracts.backends import BACKENDS
from tests.resources.decisions.rows import published_tip


class Names:
    """Pseudonyms that a test can read."""

    def pseudonym(self, user: str, purpose: str) -> str:
        """Both in one."""
        return f"{user} for {purpose}"


def test_days_leave_after_their_time(tmp_path: Path) -> None:
    """By whole days; the second time there is nothing left to do."""
    with DecisionPartFiles(BACKENDS["memory"](tmp_path)).only_writer("now") as parts:
        for day in ("2026-11-28", "2026-11-29"):
            file, digest, rows = parts.write(day, [[published_tip("d", "u")]]) or ("", "", 0)
            counts = DayCounts(published=1, served=1)
            parts.publish(
                PublishedDay(day=day, file=file, sha256=digest, rows=rows, reward_within_hours=72, counts=counts)
            )
    retention, now = DecisionRetention(parts, Names()), unix_seconds("2026-11-29T12:00:00Z") + RETENTION_S
    assert [retention.prune(now), retention.prune(now)] == [1, 0]
    assert [day.day for day in parts.days()] == ["2026-11-29"]


def test_every_column_has_a_class() -> None:
    """Those of the published rows, no more and no fewer."""
    context: Any = type("Context", (), {"storage": None, "sealer": Names()})
    (retained,) = published_decisions(context, None)
    assert set(retained.columns) == set(SCHEMA.names)
