"""p values against R, adjusted ones against statsmodels."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.estimate.design import fit, make_design
from core.estimate.differences import differences
from core.estimate.multiple import benjamini_hochberg, holm, p_values

P_VALUES = Path(__file__).parents[2] / "golden" / "statistics" / "p_values.csv"


def test_both_equal_statsmodels(from_statsmodels: Any) -> None:
    """Holm's and Benjamini and Hochberg's values equal multipletests'."""
    with P_VALUES.open() as file:
        p = np.array([float(row["p"]) for row in csv.DictReader(file)])
    assert holm(p) == pytest.approx(np.array(from_statsmodels["holm"]), rel=1e-12)
    assert benjamini_hochberg(p) == pytest.approx(np.array(from_statsmodels["benjamini_hochberg"]), rel=1e-12)


def test_unknown_p_values_are_no_members() -> None:
    """A nan stays nan and the family is as large as what is known."""
    found = holm(np.array([0.01, np.nan, 0.04]))
    assert found[0] == pytest.approx(0.02)
    assert np.isnan(found[1])
    assert found[2] == pytest.approx(0.04)


def test_nothing_known_gives_nothing() -> None:
    """A family without members is left as it is."""
    assert np.isnan(holm(np.array([np.nan]))).all()
    assert len(benjamini_hochberg(np.array([]))) == 0


def test_p_values_are_rs_and_none_without_an_interval(rows: Callable[[str], Any], from_r: Any) -> None:
    """Balanced differences have the p of R's paired t.test; a difference without spread has none."""
    data = rows("balanced")
    design = make_design(data.cell, data.scenario, data.judge)
    found = differences(design, fit(design, data.y[:, None]), [(1, 0), (2, 0), (3, 0)])
    assert p_values(found) == pytest.approx(np.array([own["p"] for own in from_r["balanced"]["paired"]]), rel=1e-9)
    cell, scenario = (a.ravel() for a in np.meshgrid(range(2), range(6), indexing="ij"))
    constant = make_design(cell, scenario, np.zeros(12, int))
    equal = differences(constant, fit(constant, (scenario + cell)[:, None].astype(float)), [(1, 0)])
    assert np.isnan(p_values(equal)).all()
