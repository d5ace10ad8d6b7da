"""Choices on three cells that one person has scored."""

from pathlib import Path

import pytest

from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.choosing.administration import CellChoices
from resources.home import Home
from tests.resources.choosing.outputs import NAME, write_outputs
from tests.resources.conftest import benched


@pytest.fixture
def choices(tmp_path: Path) -> CellChoices:
    """Return choices on adopted outputs: two cells are alike, the cheapest is bad."""
    bench = benched(Home(tmp_path / "home"))
    adopt(bench, NAME, [write_outputs(tmp_path / "outputs.jsonl", 45)], AdoptOptions(), None)
    return CellChoices(bench)
