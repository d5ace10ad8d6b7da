"""Commands in the test's own process leave no process of theirs behind."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from wiring.cli import tipbench
from wiring.operations import chain


@pytest.fixture(autouse=True)
def _no_recorder(monkeypatch: pytest.MonkeyPatch) -> None:
    """What they made stays queued: tests of the recorder start it."""
    monkeypatch.setattr(chain, "start_recorder", lambda _home: None)


def commands_on(home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, *first: str) -> Callable[..., Result]:
    """What runs commands in a folder on a home; `first` are words before those that it is given."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TIPBENCH_HOME", str(home))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(tipbench, [*first, *arguments], standalone_mode=False)

    return run
