"""Estimates of files: those of their arrays, whatever the form of the files and the order of their rows."""

from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from core.off_policy.evaluate import ActionCounts, PolicyEstimate, evaluate
from resources.off_policy import evaluation
from resources.off_policy.evaluation import evaluate_files
from resources.off_policy.table_file import BadPolicyFile
from tests.core.off_policy.logs import ACTIONS, Simulated, simulated

N = 400


@pytest.fixture(scope="module")
def found() -> Simulated:
    """A log of 400 decisions of 80 users."""
    return simulated(1, N, 80)


@pytest.fixture(scope="module")
def folder(found: Simulated, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log and its target as Parquet and, with their rows in another order, as CSV."""
    folder = tmp_path_factory.mktemp("off-policy")
    given = found.decisions
    names = [f"d{number}" for number in range(N)]
    log = pa.table(
        {
            "decision": names,
            "user": [f"u{code:03}" for code in given.user],
            "x.feature": given.features[:, 1],
            "action": [f"a{code}" for code in given.action],
            "propensity": given.propensity,
            "reward": given.reward,
            "ignored": [[1]] * N,
        }
    )
    target = pa.table(
        {
            "decision": np.repeat(names, ACTIONS).tolist(),
            "action": [f"a{code}" for code in range(ACTIONS)] * N,
            "probability": found.wanted.ravel(),
        }
    )
    for name, table in (("log", log), ("target", target)):
        pq.write_table(table, folder / f"{name}.parquet")
        order = pa.array(np.random.default_rng(1).permutation(len(table)))
        text = table.drop_columns("ignored") if "ignored" in table.column_names else table
        pa.csv.write_csv(text.take(order), folder / f"{name}.csv")
    return folder


def _numbers(rows: list[PolicyEstimate]) -> list[float]:
    return [value for row in rows for value in msgspec.structs.astuple(row) if isinstance(value, float)]


def test_files_come_to_what_their_arrays_do(found: Simulated, folder: Path) -> None:
    """The feature is standardized on the way, so the ridge is the same to a few digits."""
    counts = np.bincount(found.decisions.action, minlength=ACTIONS)
    direct = evaluate(found.decisions, found.target, ActionCounts([f"a{n}" for n in range(ACTIONS)], counts, counts))
    rows = evaluate_files(folder / "log.parquet", folder / "target.parquet")
    assert _numbers(rows[:3]) == pytest.approx(_numbers(direct[:3]))
    assert _numbers(rows) == pytest.approx(_numbers(direct), rel=0.02)


def test_the_form_of_a_file_and_the_order_of_its_rows_do_not_matter(folder: Path) -> None:
    """Parquet and CSV in another order come to the same digits, but for those of sums."""
    rows = evaluate_files(folder / "log.parquet", folder / "target.parquet", 1.3)
    assert _numbers(evaluate_files(folder / "log.csv", folder / "target.csv", 1.3)) == pytest.approx(_numbers(rows))
    assert [row.refused for row in rows] == [None] * 6


def test_decisions_without_a_reward_are_counted_and_left_out(folder: Path, tmp_path: Path) -> None:
    """Where as many are missing of each action nothing is refused; where they are of one, everything is."""
    table = pq.read_table(folder / "log.parquet").drop_columns("ignored")
    numbers = np.arange(N)
    first = np.array([name == "a0" for name in table.column("action").to_pylist()])
    for missing, refused in ((numbers % 5 == 0, False), (first & (numbers % 2 == 0), True)):
        reward = pa.array(table.column("reward").to_numpy(), mask=missing)
        pq.write_table(table.set_column(table.column_names.index("reward"), "reward", reward), tmp_path / "log")
        rows = evaluate_files(tmp_path / "log", folder / "target.parquet")
        assert {row.n for row in rows} == {N - int(missing.sum())}
        assert all(("chi-square" in str(row.refused)) is refused for row in rows)


def test_a_model_of_too_many_numbers_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Actions times features squared."""
    monkeypatch.setattr(evaluation, "MOST_MOMENTS", ACTIONS * 4 - 1)
    with pytest.raises(BadPolicyFile, match="4 actions with 2 features are too many"):
        evaluate_files(folder / "log.parquet", folder / "target.parquet")
