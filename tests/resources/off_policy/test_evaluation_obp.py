"""Estimates of files against the Open Bandit Pipeline's, on the sample that it ships and on a simulated log."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from core.off_policy.evaluate import PolicyEstimate
from resources.off_policy.evaluation import evaluate_files

GOLDEN = Path(__file__).parents[2] / "golden" / "off_policy"
PUBLISHED, PUBLISHED_RATIO = 0.004553, 1.198126
"""Of Thompson sampling by IPS on the sample, and over the mean of the log: as the README of obp prints them."""


@pytest.fixture(scope="module")
def from_obp() -> Any:
    """What obp said."""
    return json.loads((GOLDEN / "obp.json").read_text())


@pytest.fixture(scope="module", params=["open_bandit", "simulated"])
def named_rows(request: pytest.FixtureRequest, from_obp: Any) -> tuple[str, dict[str, PolicyEstimate]]:
    """The name of a log, and its estimates with the golden file's limit of weights."""
    name = request.param
    rows = evaluate_files(GOLDEN / f"{name}.csv", GOLDEN / f"{name}_target.csv", from_obp["limit"])
    return name, {row.estimator: row for row in rows}


def test_values_are_those_of_obp(named_rows: tuple[str, dict[str, PolicyEstimate]], from_obp: Any) -> None:
    """All six, with places and without, with the reward model of scikit-learn."""
    name, rows = named_rows
    assert {estimator: row.value for estimator, row in rows.items()} == pytest.approx(
        {estimator: said["value"] for estimator, said in from_obp[name].items()}, rel=1e-8
    )


def test_the_published_figure_is_met(from_obp: Any) -> None:
    """To all digits that were printed; obp itself still says the same."""
    rows = evaluate_files(GOLDEN / "open_bandit.csv", GOLDEN / "open_bandit_target.csv")
    with (GOLDEN / "open_bandit.csv").open() as file:
        clicks = [float(row["reward"]) for row in csv.DictReader(file)]
    value = rows[0].value
    assert value == pytest.approx(from_obp["open_bandit"]["ips"]["value"], rel=1e-12)
    assert value is not None
    assert value == pytest.approx(PUBLISHED, abs=5e-7)
    assert value / (sum(clicks) / len(clicks)) == pytest.approx(PUBLISHED_RATIO, abs=5e-7)


@pytest.mark.parametrize("estimator", ["ips", "clipped_ips", "dr", "switch_dr"])
def test_intervals_are_near_those_of_a_bootstrap(estimator: str, from_obp: Any) -> None:
    """On the simulated log, within a tenth of their width; obp's knows no users, who hardly differ there.

    Its bootstrap of SNIPS does not normalize each resample, that of DM does not fit again: these differ in kind.
    """
    rows = evaluate_files(GOLDEN / "simulated.csv", GOLDEN / "simulated_target.csv", from_obp["limit"])
    row = next(row for row in rows if row.estimator == estimator)
    said = from_obp["simulated"][estimator]
    assert row.low == pytest.approx(said["low"], abs=0.1 * (said["high"] - said["low"]))
    assert row.high == pytest.approx(said["high"], abs=0.1 * (said["high"] - said["low"]))
