"""What is found of a log that is not what was drawn."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from resources.decisions.parts import SCHEMA, DecisionPartFiles
from resources.policy_reports.decision_table import first_places
from resources.policy_reports.log_checks import CHECKS, log_checks
from tests.contracts.backends import BACKENDS
from tests.resources.policy_reports.logs import publish_log

ARMS = {"m/a": 0.5, "m/b": 0.5, "m/c": 0.5}


def _failed(parts: DecisionPartFiles, table: pa.Table) -> set[str]:
    found = log_checks(parts.days(), table, first_places(table))
    assert tuple(check.name for check in found) == CHECKS
    return {check.name for check in found if not check.passed}


def _changed(table: pa.Table, name: str, values: Sequence[object]) -> pa.Table:
    field = SCHEMA.field(name)
    return table.set_column(SCHEMA.get_field_index(name), field, pa.array(values, field.type))


@pytest.fixture
def parts(tmp_path: Path) -> DecisionPartFiles:
    """Six hundred decisions among three arms."""
    storage = BACKENDS["memory"](tmp_path)
    publish_log(storage, ARMS, 600)
    return DecisionPartFiles(storage)


def test_a_log_as_it_was_drawn_passes(parts: DecisionPartFiles) -> None:
    """And so does an empty one."""
    (day,) = parts.days()
    assert _failed(parts, parts.table(day)) == set()
    empty = SCHEMA.empty_table()
    assert {check.name for check in log_checks([], empty, first_places(empty)) if not check.passed} == set()


def test_rows_that_are_missing_are_found(parts: DecisionPartFiles) -> None:
    """By their number, and an arm's by its share of the draws too."""
    table = parts.table(parts.days()[0])
    assert _failed(parts, table.slice(1)) == {"log_complete"}
    left = table.filter(pa.compute.not_equal(table["action"].cast(pa.string()), "m/a"))
    assert _failed(parts, left) == {"log_complete", "sample_ratio"}


def test_probabilities_that_are_none_are_found(parts: DecisionPartFiles) -> None:
    """A sum that is not one, and a propensity that is another than the arm's."""
    table = parts.table(parts.days()[0])
    short = _changed(table, "probabilities", [[0.3, 0.3, 0.3]] * 600)
    assert "propensities" in _failed(parts, short)
    assert _failed(parts, _changed(table, "propensity", [0.5] + [1 / 3] * 599)) == {"propensities"}


def test_an_arm_that_is_shown_less_is_found(parts: DecisionPartFiles) -> None:
    """Of one arm a third was never shown; where as many of all arms were not, nothing is wrong."""
    table = parts.table(parts.days()[0])
    drawn, rewards = table["action"].cast(pa.string()).to_pylist(), table["reward"].to_pylist()
    hidden = [arm == "m/a" and number % 3 == 0 for number, arm in enumerate(drawn)]
    fewer = [None if hides else reward for hides, reward in zip(hidden, rewards, strict=True)]
    assert _failed(parts, _changed(table, "reward", fewer)) == {"shares_shown"}
    even = [None if number % 3 == 0 else reward for number, reward in enumerate(rewards)]
    assert _failed(parts, _changed(table, "reward", even)) == set()


def test_templates_and_missing_propensities_are_found(tmp_path: Path) -> None:
    """More than one decision in twenty by templates; a served tip of the tables without its propensity."""
    storage = BACKENDS["memory"](tmp_path)
    publish_log(storage, ARMS, 600, unlogged=1)
    parts = DecisionPartFiles(storage)
    table = parts.table(parts.days()[0])
    assert _failed(parts, _changed(table, "fallback", [True] * 31 + [False] * 569)) == {"fallbacks", "log_complete"}
