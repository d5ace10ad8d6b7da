"""Inputs and answers of other programs for the estimators."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

GOLDEN = Path(__file__).parents[2] / "golden" / "statistics"


class Rows(NamedTuple):
    """Columns of a golden input."""

    cell: NDArray[np.int64]
    scenario: NDArray[np.int64]
    judge: NDArray[np.int64]
    area: NDArray[np.int64]
    y: NDArray[np.float64]


@pytest.fixture(scope="session")
def rows() -> Callable[[str], Rows]:
    """Reads a golden input by name."""

    def read(name: str) -> Rows:
        with (GOLDEN / f"{name}.csv").open() as file:
            table = list(csv.DictReader(file))
        cell, scenario, judge, area = (
            np.array([int(row[key]) for row in table]) for key in ("cell", "scenario", "judge", "area")
        )
        return Rows(cell, scenario, judge, area, np.array([float(row["y"]) for row in table]))

    return read


@pytest.fixture(scope="session")
def from_r() -> Any:
    """What R said."""
    return json.loads((GOLDEN / "r.json").read_text())


@pytest.fixture(scope="session")
def from_statsmodels() -> Any:
    """What statsmodels said."""
    return json.loads((GOLDEN / "statsmodels.json").read_text())
