"""A home of its own with an instance of Dagster."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from resources.dagster.recorder import open_instance
from resources.home import Home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose instance this process may open."""
    monkeypatch.setenv("DAGSTER_HOME", "")
    return Home(tmp_path / "home")


@pytest.fixture
def instance(home: Home) -> Iterator[dg.DagsterInstance]:
    """Its instance."""
    with open_instance(home) as opened:
        yield opened
