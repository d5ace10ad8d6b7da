"""A target matched with a log: by decision, by place, or one for all; and which of its values are refused."""

from pathlib import Path

import numpy as np
import pytest

from core.estimate.design import Floats
from resources.off_policy import target_file
from resources.off_policy.decision_log import DecisionLog, read_log
from resources.off_policy.table_file import BadPolicyFile
from resources.off_policy.target_file import MatchedTarget, read_target
from tests.resources.off_policy.files import LOG, TARGET, written

PLACES = "decision,action,position,propensity,reward\nd2,b,1,0.5,1\nd1,a,1,0.5,1\nd1,c,2,0.5,0\n"
SHOWN = np.array([0, 1, 2])


@pytest.fixture
def log(tmp_path: Path) -> DecisionLog:
    """Four decisions without places, of which the last was not shown."""
    return read_log(written(tmp_path / "log.csv", LOG))


def _by_row(found: MatchedTarget) -> Floats:
    """The whole distribution of each row, in the order of the log."""
    whole = np.concatenate([block.table[block.of] for block in found.policy.blocks()])
    return np.asarray(whole[np.argsort(found.order)])


def test_one_distribution_is_that_of_all(log: DecisionLog, tmp_path: Path) -> None:
    """Actions that the log does not have are among the names."""
    found = read_target(written(tmp_path / "t", TARGET.replace("b,", "z,")), log, SHOWN)
    assert found.names == ["a", "b", "c", "z"]
    assert _by_row(found).tolist() == [[0.2, 0.0, 0.5, 0.3]] * 3
    assert [found.names[code] for code in found.action[np.argsort(found.order)]] == ["a", "b", "a"]


def test_each_decision_has_its_own(log: DecisionLog, tmp_path: Path) -> None:
    """In any order of rows; those of a decision that is not estimated from are left out, whatever they sum to."""
    text = "decision,action,probability\nd3,a,1\nd1,b,0.5\nd9,a,0.2\nd2,c,1\nd1,a,0.5\nd4,a,0.1\n"
    found = read_target(written(tmp_path / "t", text), log, SHOWN)
    assert _by_row(found).tolist() == [[0.5, 0.5, 0], [0, 0, 1], [1, 0, 0]]


@pytest.mark.parametrize("by_decision", [False, True])
def test_places_have_their_own(by_decision: bool, tmp_path: Path) -> None:
    """Of all decisions or of each one."""
    log = read_log(written(tmp_path / "log", PLACES))
    rows = ["a,1,0.4", "b,1,0.6", "c,2,1"]
    whole = [f"{name},{row}" for name in ("d1", "d2") for row in rows]
    head = "action,position,probability"
    text = "\n".join([f"decision,{head}", *whole] if by_decision else [head, *rows])
    found = read_target(written(tmp_path / "t", text), log, SHOWN)
    assert _by_row(found).tolist() == [[0.4, 0.6, 0], [0.4, 0.6, 0], [0, 0, 1]]


def test_what_rounding_lacks_of_one_is_made_up_for(log: DecisionLog, tmp_path: Path) -> None:
    """Within a thousandth."""
    text = "action,probability\na,0.333\nb,0.333\nc,0.333\n"
    assert _by_row(read_target(written(tmp_path / "t", text), log, SHOWN)) == pytest.approx(np.full((3, 3), 1 / 3))


@pytest.mark.parametrize(
    ("text", "said", "field"),
    [
        (TARGET.replace("0.3", "1.3"), "t, line 3: probability is 1.3: write a probability from 0 to 1", "probability"),
        (TARGET.replace("0.3", "-1"), "t, line 3: probability is -1: write", "probability"),
        (TARGET.replace("0.3", "nan"), "t, line 3: probability is nan: write", "probability"),
        (TARGET.replace("0.3", ""), "t, line 3: probability is missing", "probability"),
        (TARGET.replace("0.3", "0.2"), "t, line 2: probability of this decision sum", "probability"),
        (TARGET + "a,0\n", "t, line 5: action 'a' stands twice for one decision", "action"),
        ("decision,action,probability\nd1,a,1\nd3,a,1\n", "log.csv, line 3: decision 'd2' has no probabil", "decision"),
        ("decision,action,probability\nd1,a,1\n,a,1\n", "t, line 3: decision is missing", "decision"),
        ("position,action,probability\n1,a,1\n", "t has a column position and ", "position"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(
    text: str, said: str, field: str, log: DecisionLog, tmp_path: Path
) -> None:
    """With its line and its field, in words and as data."""
    with pytest.raises(BadPolicyFile) as raised:
        read_target(written(tmp_path / "t", text), log, SHOWN)
    assert f"{tmp_path}/{said}" in str(raised.value)
    assert raised.value.path[1] == field


def test_actions_are_bounded(log: DecisionLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the log and of the target together."""
    monkeypatch.setattr(target_file, "MOST_ACTIONS", 3)
    with pytest.raises(BadPolicyFile, match="4 actions, at most 3"):
        read_target(written(tmp_path / "t", TARGET.replace("b,", "z,")), log, SHOWN)
