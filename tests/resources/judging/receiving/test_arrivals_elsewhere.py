"""What judging stores lies wherever the stores are: here in memory, with nothing of it below the home's folder."""

import os
from pathlib import Path

import duckdb
import pytest

from core.benchmark.records import JudgeKind
from core.canonical import canonical
from resources.home import Home
from resources.judging import inbox
from resources.judging.ingest import IngestReport, ingest
from resources.judging.items import Items
from resources.judging.receiving.arrivals import arrivals, receive, receive_stored
from resources.judging.receiving.bodies import ReceivedBodies
from resources.judging.scores import Scores
from resources.storage.memory import memory_storage
from tests.resources.judging.experiment import KINDS, NAME, RUBRIC, Bench, judged_experiment

AT = "2026-01-01T00:00:00+00:00"
CANDIDATES = [f"{number:032x}" for number in range(4)]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Four items of one judge, in stores that are no files."""
    made = judged_experiment(Home(tmp_path / "candidates"))
    home = Home(tmp_path / "home")
    home.__dict__["storage"] = memory_storage()
    Items(home, NAME).add("anna", CANDIDATES, 1)
    return Bench(home, made.spec)


def _answers(bench: Bench, value: int, count: int = 4) -> bytes:
    items = Items(bench.home, NAME).ids("anna", CANDIDATES)[:count]
    scores = {"clear": value, "kind": value}
    return b"".join(canonical({"item": item, "rubric": "tips@1", "scores": scores}) + b"\n" for item in items)


def _ingest(bench: Bench) -> IngestReport:
    kinds: dict[str, JudgeKind] = KINDS
    return ingest(bench.home, bench.spec, kinds, now=AT, author="tester")


def _values(bench: Bench) -> list[float]:
    table = Scores(bench.home, NAME, RUBRIC).current()
    return [float(value) for value in table["score.clear"].to_pylist()]


def test_received_files_are_imported_from_any_store(bench: Bench) -> None:
    """Accepted, repeated and rejected ones, in order of arrival, and an engine reads the result."""
    receive(bench.home, NAME, "later.jsonl", _answers(bench, 5, 1), "2026-01-01T00:00:09+00:00")
    receive(bench.home, NAME, "first.jsonl", _answers(bench, 2), AT)
    receive(bench.home, NAME, "wrong.jsonl", b'{"item": "nobody", "rubric": "tips@1", "unscorable": "x"}\n', AT)
    report = _ingest(bench)
    assert (report.accepted, list(report.rejected)) == (["first.jsonl", "later.jsonl"], ["wrong.jsonl"])
    assert sorted(_values(bench)) == [2.0, 2.0, 2.0, 5.0]
    receive(bench.home, NAME, "again.jsonl", _answers(bench, 2), AT)
    assert _ingest(bench).repeated == ["again.jsonl"]
    assert arrivals(bench.home, NAME) == []
    with duckdb.connect() as connection:
        Scores(bench.home, NAME, RUBRIC).view(connection)
        assert connection.sql("select count(*) from scores").fetchall() == [(4,)]
    assert not (bench.home.root / "inbox").exists()
    assert not (bench.home.root / "lake").exists()


def test_a_dropped_file_is_handed_over(bench: Bench) -> None:
    """The folder stays one of the local machine, and is empty afterwards."""
    folder = bench.home.inbox(NAME)
    folder.mkdir(parents=True)
    (folder / "dropped.jsonl").write_bytes(_answers(bench, 3))
    assert inbox.pending(bench.home, NAME) == ["dropped.jsonl"]
    assert _ingest(bench).accepted == ["dropped.jsonl"]
    assert list(folder.iterdir()) == []
    assert _values(bench) == [3.0] * 4


def test_a_received_body_is_handed_over(bench: Bench) -> None:
    """Its file ends with its request."""
    with ReceivedBodies(bench.home, os.urandom).holding(_answers(bench, 4)) as body:
        receive_stored(bench.home, NAME, "hash-upload.jsonl", body.stored(bench.home), 1.0)
    assert list((bench.home.root / "uploads").iterdir()) == []
    assert _ingest(bench).accepted == ["hash-upload.jsonl"]
    assert _values(bench) == [4.0] * 4
