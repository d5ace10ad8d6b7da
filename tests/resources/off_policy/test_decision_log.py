"""A log as its file has it, and which of its values are refused, by line and field."""

from pathlib import Path

import numpy as np
import pytest

from resources.off_policy import decision_log
from resources.off_policy.decision_log import read_log
from resources.off_policy.table_file import BadPolicyFile
from tests.resources.off_policy.files import LOG, written


def test_a_log_is_read_as_it_stands(tmp_path: Path) -> None:
    """A missing reward stays missing; the context is standardized behind a column of ones."""
    log = read_log(written(tmp_path / "log.csv", LOG))
    assert [log.action.names[code] for code in log.action.code] == ["a", "b", "a", "c"]
    assert [log.user.names[code] for code in log.user.code] == ["u1", "u1", "u2", "u3"]
    assert log.propensity.tolist() == [0.5, 0.25, 0.5, 0.25]
    assert log.reward.tolist() == pytest.approx([1, 0, 0, np.nan], nan_ok=True)
    assert log.position is None
    assert log.features[:, 0].tolist() == [1] * 4
    assert log.features[:, 1:].mean(axis=0) == pytest.approx(np.zeros(4))
    assert log.features[:, 1:].std(axis=0) == pytest.approx(np.ones(4))  # two areas, the hour, where it is missing


def test_without_users_each_decision_is_one(tmp_path: Path) -> None:
    """Its places are of one user, and their number is a feature; what never differs is none."""
    text = "decision,action,position,propensity,reward,x.same\nd1,a,1,0.5,1,7\nd1,b,2,0.5,0,7\nd2,a,1,0.5,1,7\n"
    log = read_log(written(tmp_path / "log.csv", text))
    assert log.user.code.tolist() == [0, 0, 1]
    assert log.position is not None
    assert log.features.shape == (3, 2)


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "said"),
    [
        ("d2,u1,sleep,23,b,0.25", "d2,u1,sleep,23,b,0", 3, "propensity", "is 0: write the probability of the logged"),
        ("d2,u1,sleep,23,b,0.25", "d2,u1,sleep,23,b,1.5", 3, "propensity", "is 1.5: write the probability"),
        ("d2,u1,sleep,23,b,0.25", "d2,u1,sleep,23,b,-0.1", 3, "propensity", "is -0.1: write the probability"),
        ("d2,u1,sleep,23,b,0.25", "d2,u1,sleep,23,b,NaN", 3, "propensity", "is nan: write a finite number"),
        ("d2,u1,sleep,23,b,0.25", "d2,u1,sleep,23,b,", 3, "propensity", "is missing: write a number"),
        ("d2,u1,sleep,23,b,0.25", "d2,u1,sleep,23,b,half", 3, "propensity", "is 'half': write a number"),
        ("a,0.5,1", "a,0.5,NaN", 2, "reward", "is nan: write a finite number"),
        ("a,0.5,1", "a,0.5,inf", 2, "reward", "is inf: write a finite number"),
        ("23,b", "23,", 3, "action", "is missing: every row has one"),
        ("d3,u2", "d3,", 4, "user", "is missing: every row has one, or leave the column out"),
        ("d3", "", 4, "decision", "is missing: every row has one"),
        ("d3", "d1", 4, "decision", "'d1' stands twice: number its places in a column position"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(
    old: str, new: str, line: int, field: str, said: str, tmp_path: Path
) -> None:
    """With its line and its field, in words and as data."""
    path = written(tmp_path / "log.csv", LOG.replace(old, new, 1))
    with pytest.raises(BadPolicyFile) as raised:
        read_log(path)
    assert str(raised.value).startswith(f"{path}, line {line}: {field} {said}")
    assert raised.value.path == ("log", field)


def test_a_log_without_rewards_is_refused(tmp_path: Path) -> None:
    """There is nothing to estimate."""
    text = "decision,action,propensity,reward\nd1,a,0.5,\n"
    with pytest.raises(BadPolicyFile, match="no decision has a reward"):
        read_log(written(tmp_path / "log.csv", text))


def test_features_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By columns before they are read, and by what they come to."""
    path = written(tmp_path / "log.csv", LOG)
    monkeypatch.setattr(decision_log, "MOST_FEATURES", 3)
    with pytest.raises(BadPolicyFile, match="comes to 4 features, at most 3"):
        read_log(path)
    monkeypatch.setattr(decision_log, "MOST_NUMBERS", 4)
    with pytest.raises(BadPolicyFile, match="stands for 2 columns, at most 1 "):
        read_log(path)
