"""Fixtures of an experiment and its judge rounds."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from resources.home import Home
from tests.resources.judging.experiment import Bench, judged_experiment
from tests.resources.judging.rounds.rounds_setup import RoundsSetup, open_rounds


def lines(answers: list[dict[str, Any]]) -> str:
    """Answers as JSONL."""
    return "".join(json.dumps(answer) + "\n" for answer in answers)


@pytest.fixture(name="lines")
def lines_fixture() -> Callable[[list[dict[str, Any]]], str]:
    """Turns answers into JSONL."""
    return lines


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Two models and a prompt over eight scenarios, with tips that try things."""
    return judged_experiment(Home(tmp_path / "home"))


@pytest.fixture
def setup(bench: Bench, database_url: str) -> Iterator[RoundsSetup]:
    """A pinned experiment with its rounds on a database of its own, of each kind."""
    yield from open_rounds(bench, database_url)
