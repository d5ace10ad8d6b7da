"""Published decisions as a log for `tipbench evaluate-policy`."""

import random
from pathlib import Path

import pytest

from contracts.storage import Storage
from contracts.tips.decision_log import DayCounts, PublishedDay
from resources.decisions.export import BadDays, write_log
from resources.decisions.parts import DecisionPartFiles
from resources.off_policy.evaluation import evaluate_files
from tests.contracts.backends import BACKENDS
from tests.resources.decisions.rows import published_tip


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    """Two days with 400 decisions each, of which m/b is acted on twice as often."""
    chance, storage = random.Random(7), BACKENDS["local"](tmp_path)  # noqa: S311  # a log of a test
    with DecisionPartFiles(storage).only_writer("now") as made:
        for day in ("2026-11-29", "2026-11-30"):
            rows = []
            for number in range(400):
                action = chance.choice(("m/a", "m/b"))
                reward = float(chance.random() < (0.4 if action == "m/b" else 0.2))
                name = f"{day} {number}"
                rows.append(published_tip(name, f"user {number % 90}", action=action, reward=reward))
            file, digest, count = made.write(day, [rows]) or ("", "", 0)
            counts = DayCounts(published=count, served=count)
            made.publish(
                PublishedDay(day=day, file=file, sha256=digest, rows=count, reward_within_hours=72, counts=counts)
            )
    return storage


def test_the_products_own_log_is_evaluated(storage: Storage, tmp_path: Path) -> None:
    """A target that always takes the better arm earns its rate, and all six estimators give an interval of it."""
    log, target = tmp_path / "log.parquet", tmp_path / "target.csv"
    assert write_log(storage, log) == 800
    target.write_text("action,probability\nm/b,1\n")
    found = evaluate_files(log, target)
    assert {row.estimator: row.refused for row in found} == dict.fromkeys(
        ("ips", "snips", "clipped_ips", "dm", "dr", "switch_dr")
    )
    assert all((row.low or 0) < 0.4 < (row.high or 1) for row in found)


@pytest.mark.parametrize(
    ("since", "until", "says"),
    [("2026-12-01", None, "no decision"), ("30.11.2026", None, "write a day"), (None, "2026-11-31", "write a day")],
)
def test_days_that_cannot_be_written_are_refused(
    storage: Storage, tmp_path: Path, since: str | None, until: str | None, says: str
) -> None:
    """With no file made."""
    with pytest.raises(BadDays, match=says):
        write_log(storage, tmp_path / "log.parquet", since, until)
    assert not (tmp_path / "log.parquet").exists()
