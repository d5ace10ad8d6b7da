"""The run that a home has."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from core.simulated_users.tastes import Relation, Tastes
from resources.home import Home
from resources.lake.broken import LakeBroken
from resources.simulated_users.run import KEY, OtherRun, SimulatedRun, declare, declared_run

RUN = SimulatedRun(relation=Relation.AGREE, strength=0.2, base_rate=0.3, users=5, days=3, seed=1, since=1_800_000_000.0)


def test_a_run_is_declared_once(tmp_path: Path) -> None:
    """The same options on a later day go on with the days on which it began; the file says that it is simulated."""
    storage = Home(tmp_path).storage
    with storage.leases.hold("lock", purpose="a test", now="now") as fence:
        assert declared_run(storage.blobs) is None
        assert declare(storage.blobs, RUN, fence) == RUN
        assert declare(storage.blobs, replace(RUN, since=RUN.since + 86_400), fence) == RUN
    assert declared_run(storage.blobs) == RUN
    assert b'"simulated": true' in (storage.blobs.get(KEY) or b"")
    assert RUN.tastes == Tastes(base_rate=0.3)


def test_another_run_is_refused(tmp_path: Path) -> None:
    """With what is there already: a report of users of two kinds would say nothing."""
    storage = Home(tmp_path).storage
    with storage.leases.hold("lock", purpose="a test", now="now") as fence:
        declare(storage.blobs, RUN, fence)
        for other in (replace(RUN, relation=Relation.DISAGREE), replace(RUN, users=6), replace(RUN, days=4)):
            assert other.name != RUN.name
            with pytest.raises(OtherRun, match=r"tastes agree with the judges \(5 users on 3 days"):
                declare(storage.blobs, other, fence)
    assert declared_run(storage.blobs) == RUN


def test_a_damaged_declaration_is_no_run(tmp_path: Path) -> None:
    """It is refused, and nothing is simulated over it."""
    storage = Home(tmp_path).storage
    with storage.leases.hold("lock", purpose="a test", now="now") as fence:
        storage.blobs.put(KEY, b'{"users": 0', fence)
    with pytest.raises(LakeBroken):
        declared_run(storage.blobs)
