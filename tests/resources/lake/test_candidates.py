"""The candidates are folded anew only from another journal, spec or program."""

import os
from pathlib import Path
from typing import Any

import pytest

from core.benchmark.spec import Options
from resources.collect.collecting_run import collect_experiment
from resources.collect.launch import launch
from resources.lake import candidates as module
from resources.lake.candidates import candidates, fold, is_folded
from resources.lake.journal import Journal, journal_of, read_index
from tests.resources.conftest import bench

__all__ = ["bench"]
NAME = "tip-bench-folded"


def test_the_same_journal_is_folded_once(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal that grew, a damaged file or another program fold again, to the same bytes; a touched one does not."""
    spec = launch(bench, NAME, Options(prompts=("terse",)), ["heuristics"], by_default=True)
    collect_experiment(bench, spec, run_id="r", accept=False)
    journal = journal_of(bench.home, NAME)
    path: Path = bench.home.root / str(candidates(bench.home, NAME).key())
    data, index = path.read_bytes(), read_index(journal)

    def folds() -> bool:
        """Whether the file was written."""
        os.utime(path, (1, 1))
        manifest = fold(bench.home, spec, index, {})
        assert (manifest.rows, manifest.notes["text"], path.read_bytes()) == (18, 18, data)
        return path.stat().st_mtime != 1

    assert not folds()
    os.utime(bench.home.experiment(NAME) / "journal.jsonl", (2, 2))
    assert not folds()
    assert is_folded(bench.home, spec)
    with Journal(journal) as writer:
        writer.sent("again")
    assert not is_folded(bench.home, spec)
    assert folds()
    assert not folds()
    path.write_bytes(b"damaged")
    assert folds()
    monkeypatch.setattr(module, "program_hash", lambda: "edited")
    assert folds()
    assert not folds()
