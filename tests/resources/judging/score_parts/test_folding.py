"""Folding small parts of scores: what is read stays the same, and a process killed at any step of it loses nothing."""

import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.dataset_columns import criterion_column
from resources.home import Home
from resources.judging.score_parts.folding import fold_scores
from resources.judging.score_parts.source import FEWEST, MOST, SMALL, Source, runs_to_fold
from resources.lake.lock import writing
from resources.lake.specs import pin
from tests.deadline import DEADLINE_S
from tests.resources.judging.experiment import NAME, Bench
from tests.structure.sources import ROOT

NOW = "2026-01-02T00:00:00+00:00"
FILES = FEWEST + 3
KILLED = """
import os, signal, sys
from pathlib import Path
from resources.home import Home
from resources.judging.score_parts.folding import fold_scores
root, last = sys.argv[1], int(sys.argv[2])
seen = 0
def hook(event, arguments):
    global seen
    if event in ("open", "os.rename", "os.remove", "os.mkdir") and str(arguments[0]).startswith(root):
        seen += 1
        if seen == last:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
fold_scores(Home(Path(root)), "2026-01-02T00:00:00+00:00")
print(seen)
"""
"""Folds, and ends at the given step at which a file of the home is opened, renamed or deleted."""


@pytest.fixture
def many(bench: Bench, lines: Any) -> Bench:
    """An experiment with so many imported files of one judge, each of which answers some items again."""
    pin(bench.home, bench.spec)
    answers = bench.answers(bench.export())
    for number in range(FILES):
        some = [{**each, "scores": {"clear": 1 + number % 5, "kind": 2}} for each in answers[number % 7 :]]
        bench.drop(f"{number}.jsonl", lines(some))
        bench.ingest()
    return bench


def _read(bench: Bench) -> list[Any]:
    """All that is read of the scores."""
    scores = bench.scores()
    columns = ["item", "judge", criterion_column("clear")]
    item = bench.table()["item"][9].as_py()
    ledger = [(source.sha256, source.judge, source.rows, source.at) for source in scores.sources()]
    in_force = sorted(map(str, scores.in_force(columns).to_pylist()))
    return [ledger, scores.current().to_pylist(), in_force, scores.history(item), scores.snapshot_hash]


def _parts(bench: Bench) -> set[str]:
    return {path.name for path in (bench.home.experiment(NAME) / "scores").glob("*.parquet")}


def test_what_is_read_of_folded_parts_is_what_was_read_before(many: Bench, lines: Any) -> None:
    """Ledger, answers in force, an item's history and the hash; a later file supersedes as before."""
    before, named = _read(many), _parts(many)
    assert fold_scores(many.home, NOW) == FILES - 1
    assert _read(many) == before
    assert len({source.file for source in many.scores().sources()}) == 1
    assert many.scores().exchanged() == []
    assert named < _parts(many)  # whoever has read the ledger before still finds them
    assert fold_scores(many.home, NOW) == 0
    assert len(_parts(many)) == 1
    many.drop("last.jsonl", lines(many.answers(many.export(), 4)))
    assert not many.ingest().rejected
    assert {row[criterion_column("clear")] for row in many.scores().current().to_pylist()} == {4.0}
    many.drop("0.jsonl", lines(many.answers(many.export(), 4)))
    assert many.ingest().accepted == []


def test_a_part_that_was_exchanged_is_not_folded(many: Bench) -> None:
    """Nor is anything that would stand with it in one part; it is named as before."""
    folder = many.home.experiment(NAME) / "scores"
    first, second, *_ = (folder / source.file for source in many.scores().sources())
    second.write_bytes(first.read_bytes())
    named = many.scores().exchanged()
    assert fold_scores(many.home, NOW) == 0
    assert many.scores().exchanged() == named == [f"lake/{NAME}/scores/{second.name}"]


def test_an_experiment_that_is_being_written_is_left_for_the_next_time(many: Bench) -> None:
    """Nobody waits for it."""
    named = _parts(many)
    with writing(many.home, NAME, purpose="test", now=NOW):
        assert fold_scores(many.home, NOW) == 0
    assert _parts(many) == named


def _folded(root: Path, killed_at: int) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", KILLED, str(root), str(killed_at)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=DEADLINE_S, check=False)


@pytest.mark.slow
def test_a_fold_that_is_killed_at_any_step_loses_nothing(many: Bench, tmp_path: Path) -> None:
    """Steps by chance from a seed, each on a home of its own: all is read as before, and the next folds end it."""
    before = _read(many)
    shutil.copytree(many.home.root, tmp_path / "whole")
    whole = _folded(tmp_path / "whole", killed_at=0)
    assert whole.returncode == 0, whole.stderr
    chance = random.Random(3)  # noqa: S311 -- a test is to repeat
    for step in chance.sample(range(1, int(whole.stdout) + 1), 8):
        root = tmp_path / f"killed-{step}"
        shutil.copytree(many.home.root, root)
        done = _folded(root, killed_at=step)
        assert done.returncode == -signal.SIGKILL, done.stderr
        own = Bench(Home(root), many.spec)
        assert _read(own) == before
        assert own.scores().exchanged() == []
        fold_scores(own.home, NOW)
        fold_scores(own.home, NOW)
        assert _read(own) == before
        assert len(_parts(own)) == 1


def _source(number: int, rows: int, sha256: str = "") -> Source:
    return Source(
        sha256 or f"{number:064x}", f"part-{number}.parquet", f"{number}.jsonl", "anna", "human", rows, NOW, "a"
    )


def test_large_parts_and_those_taken_over_stay() -> None:
    """A run ends at them and at as many rows as a part may get; fewer parts than are worth it are left."""
    small = [_source(number, 10) for number in range(FEWEST)]
    assert runs_to_fold(small) == [small]
    assert runs_to_fold(small[:-1]) == []
    assert runs_to_fold([*small[:4], _source(98, SMALL + 1), *small[4:]]) == []
    assert runs_to_fold([_source(99, 5, "extends:x"), *small]) == [small]
    large = [_source(number, SMALL) for number in range(3 * FEWEST)]
    assert [sum(source.rows for source in run) for run in runs_to_fold(large)] == [MOST, MOST]
    shared = [Source(f"{n:064x}", "part-all.parquet", "f", "anna", "human", 1, NOW, "a") for n in range(FEWEST)]
    assert runs_to_fold(shared) == []


def test_a_home_without_small_parts_is_left_as_it_is(tmp_path: Path) -> None:
    """Nothing is made by it."""
    assert fold_scores(Home(tmp_path), NOW) == 0
    assert list(tmp_path.iterdir()) == []
