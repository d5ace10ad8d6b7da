"""What happened in a home is announced once, whoever did it and whenever the server looks."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from contracts.benchmark.experiments import RunRecord
from kit.times import iso
from resources.announcements.announcer import WINDOW_S, Announcer
from resources.home import Home
from resources.lake.runs import write_run
from resources.privacy.benchmark_retention import BenchmarkRetention
from services.events.outbox import OutboxBus
from tests.killed_steps import killed_steps
from tests.resources.announcements.announced_home import DAY_S, NAME, START, AnnouncedHome

MOST_STEPS = 10


@pytest.fixture
def announced(tmp_path: Path, database_url: str) -> Iterator[AnnouncedHome]:
    """A home whose server looked once."""
    made = AnnouncedHome(tmp_path / "home", database_url)
    made.publish("0")
    made.now += 1.0
    assert made.announcer.announce() == 0
    yield made
    made.close()


def test_each_publication_is_announced_once(announced: AnnouncedHome) -> None:
    """Also one that was current before, and by a server that was down; what was there before the first look is not."""
    for data_hash in "aba":
        announced.now += 1.0
        announced.publish(data_hash)
    assert (announced.announcer.announce(), announced.announcer.announce()) == (3, 0)
    announced.now += DAY_S
    announced.publish("c")
    assert (announced.started().announce(), announced.started().announce()) == (1, 0)
    assert announced.announced() == list("abac")


def test_a_run_that_ended_is_announced_once(announced: AnnouncedHome) -> None:
    """While it goes on it is not, and what others wrote over its record meanwhile changes nothing."""
    run = RunRecord("r", "running", iso(announced.now), None, 1, 2, 0, 0.5)
    write_run(announced.home, NAME, run)
    assert announced.announcer.announce() == 0
    ended = msgspec.structs.replace(run, status="done", ended_at=iso(announced.now + 1.0), done=2)
    write_run(announced.home, NAME, ended)
    announced.now += 2.0
    assert [announced.announcer.announce() for _ in range(2)] == [1, 0]
    assert announced.started().announce() == 0


def test_an_export_that_is_made_is_announced_once(announced: AnnouncedHome) -> None:
    """Whoever made it, and also a second one for the same judge; what its judge does in the folder changes nothing."""

    def export(number: int) -> Path:
        folder = announced.home.exports(NAME, "anna") / f"{number:03d}"
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text('{"items": 3}', "utf-8")
        os.utime(folder / "manifest.json", (announced.now, announced.now))
        return folder

    made = export(1)
    announced.now += 1.0
    assert [announced.announcer.announce() for _ in range(2)] == [1, 0]
    (made / "scores.jsonl").write_text("{}", "utf-8")
    assert announced.started().announce() == 0
    export(2)
    assert [announced.announcer.announce() for _ in range(2)] == [1, 0]


def test_a_check_that_fails_is_announced_once(announced: AnnouncedHome) -> None:
    """By a server that was down too, also where it passed again meanwhile; and once more when it fails after that."""
    check = announced.check
    check(passed=True)
    check(passed=False)
    check(passed=False)
    assert [announced.started().announce() for _ in range(2)] == [1, 0]
    check(passed=True)
    assert announced.announcer.announce() == 0
    check(passed=False)
    check(passed=True)
    assert [announced.started().announce() for _ in range(2)] == [1, 0]


def test_what_is_too_long_ago_is_not_announced(announced: AnnouncedHome) -> None:
    """A week; the notes of what was announced outlive it."""
    announced.publish("a")
    announced.now += WINDOW_S + 1.0
    announced.publish("b")
    assert announced.started().announce() == 1
    pruned = {each.table.name: each.prune for each in BenchmarkRetention().tables()}["bench_announced"]
    assert pruned is not None
    for days, rows in ((13.0, 0), (2.0, 1)):
        announced.now += days * DAY_S
        with announced.engine.begin() as connection:
            assert pruned(connection, announced.now) == rows
    assert announced.started().announce() == 0


def test_an_event_and_its_note_are_stored_together(announced: AnnouncedHome, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where publishing fails, neither is, and the next look does both."""
    announced.publish("a")

    def fail(*_: object) -> None:
        raise sa.exc.OperationalError("", {}, Exception())

    with monkeypatch.context() as patched:
        patched.setattr(OutboxBus, "publish", fail)
        with pytest.raises(sa.exc.OperationalError):
            announced.announcer.announce()
    assert announced.announcer.announce() == 1


def test_damaged_records_hold_up_no_other(announced: AnnouncedHome) -> None:
    """One experiment's manifest is no JSON; the other's board is announced."""
    other = "tip-bench-b"
    for key, data in ((Home.key(other, "spec.json"), b"{}"), (Home.key(other, "leaderboards", "manifest.json"), b"{")):
        announced.home.storage.blobs.put(key, data)
    announced.publish("a")
    assert announced.announcer.announce() == 1


def test_a_link_holds_up_no_other(announced: AnnouncedHome, tmp_path: Path) -> None:
    """Where an experiment's folder of checks leads elsewhere, it is left out, and the other's board is announced."""
    other = "tip-bench-b"
    announced.home.storage.blobs.put(Home.key(other, "spec.json"), b"{}")
    (announced.home.root / "lake" / other / "failed_checks").symlink_to(tmp_path)
    announced.publish("a")
    assert announced.announcer.announce() == 1


class _Counted(Announcer):
    looks = 0

    def announce(self) -> int:
        self.looks += 1
        return 0


def test_a_look_is_followed_by_a_rest(announced: AnnouncedHome) -> None:
    """A home that takes a second to look at is looked at again after twenty."""
    moments = iter([0.0, 1.0, 20.9, 21.0, 21.0])
    bus = OutboxBus(announced.codec, clock=lambda: 0.0)
    slow = _Counted(announced.home, announced.engine, bus, lambda: START, str, lambda: next(moments))
    assert [(slow.step(), slow.looks) for _ in range(3)] == [(False, 1), (False, 1), (False, 2)]


@pytest.mark.slow
def test_a_check_that_fails_in_a_process_that_dies_is_announced_once(tmp_path: Path) -> None:
    """Before its record, and between that and the event with its note: what ran it runs it again."""
    saved, home, counts = AnnouncedHome(tmp_path / "saved"), tmp_path / "home", list[int]()
    saved.announcer.announce()
    saved.close()
    with killed_steps("tests.resources.announcements.announcing_process") as run:
        for step in range(MOST_STEPS):
            shutil.rmtree(home, ignore_errors=True)
            shutil.copytree(tmp_path / "saved", home)
            code = run(home, step)
            left = AnnouncedHome(home)
            left.now += 60.0
            counts.append(len(left.announced()))
            left.check(passed=False)
            left.started().announce()
            assert left.started().announce() == 0
            assert len(left.announced()) == 1
            left.close()
            if code == 0:
                break
            assert code == -signal.SIGKILL, step
    assert counts == [0, 0, 1]
