"""Files that the tools wrote, or their own records as they dump them; tests/golden/adopt has the scripts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.judging.rubric import Criterion, Rubric, Scale
from resources.adoption.options import AdoptOptions
from resources.adoption.read import AdoptedFile, read_adopted

GOLDEN = Path(__file__).parents[3] / "golden" / "adopt"


def rubric_of(*names: str, high: float = 1) -> Rubric:
    """A rubric of these criteria on a scale from 0, or from 1 to 5."""
    return Rubric("metrics", "1", Scale(0 if high == 1 else 1, high), tuple(Criterion(name, name) for name in names))


@pytest.fixture(name="rubric_of")
def rubric_of_fixture() -> Callable[..., Rubric]:
    """Makes a rubric of the criteria that are named."""
    return rubric_of


@pytest.fixture
def adopted() -> Callable[..., AdoptedFile]:
    """Reads files of the golden folder, with scores by a rubric of criteria, or without where none is given."""

    def read(*names: str, rubric: Rubric | None = None, **options: Any) -> AdoptedFile:
        files = [(GOLDEN / name, (GOLDEN / name).read_bytes()) for name in names]
        options.setdefault("without_scores", rubric is None)
        return read_adopted(files, rubric or rubric_of("usual"), AdoptOptions(**options), stated=rubric is not None)

    return read
