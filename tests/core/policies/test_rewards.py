"""What is expected of arms, against the formulas in plain loops."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.policies.configuration import LinUcbPolicy
from core.policies.features import Features, ones_of
from core.policies.rewards import best_of, posterior, upper_limits
from core.policies.state import ArmCounts, PolicyState

COLUMNS = (("area", ("work", "health")), ("surface", ("home",)))
PEERS = Path(__file__).parents[2] / "golden" / "policies" / "peers.json"
POLICY = LinUcbPolicy(width=1.5, ridge=0.7, columns=COLUMNS)


def _linear(rows: list[tuple[Features, int]]) -> ArmCounts:
    """Return the counts of one arm from its shown tips."""
    x = np.zeros((len(rows), 4), np.int64)
    for place, (features, _) in enumerate(rows):
        x[place, list(ones_of(COLUMNS, features))] = 1
    reward = np.array([each for _, each in rows], np.int64)
    return ArmCounts(len(rows), int(reward.sum()), x.T @ x, x.T @ reward)


def test_a_score_is_worth_its_weight_in_tips_shown() -> None:
    """With none an arm's prior is uniform, and reactions are added one by one."""
    state = PolicyState({"a": ArmCounts(50, 4), "b": ArmCounts(3, 3)}, {"a": 0.8, "c": 0.25})
    alpha, beta = posterior(["a", "b", "c", "d"], state, 10.0)
    assert alpha.tolist() == [1 + 8 + 4, 1 + 3, 1 + 2.5, 1]
    assert beta.tolist() == pytest.approx([1 + 2 + 46, 1, 1 + 7.5, 1])


def test_upper_limits_are_those_of_a_loop() -> None:
    """By inverses, with each score as rows of the first column."""
    rng = np.random.default_rng(1)
    areas, surfaces = ["work", "health", None, "other"], ["home", "push"]
    rows = {
        arm: [
            (Features(area=areas[rng.integers(4)], surface=surfaces[rng.integers(2)]), int(rng.random() < 0.3))
            for _ in range(20)
        ]
        for arm in ("a", "b")
    }
    scores = {"a": 0.6, "c": 0.9}
    state = PolicyState({arm: _linear(each) for arm, each in rows.items()}, scores)
    asking = Features(area="health", surface="home")
    expected = []
    for arm in ("a", "b", "c"):
        gram, cross = 0.7 * np.eye(4), np.zeros(4)
        for features, reward in rows.get(arm, []):
            x = np.zeros(4)
            x[list(ones_of(COLUMNS, features))] = 1
            gram, cross = gram + np.outer(x, x), cross + reward * x
        if arm in scores:
            gram[0, 0] += 10
            cross[0] += 10 * scores[arm]
        x = np.array([1.0, 0, 1, 1])
        inverse = np.linalg.inv(gram)
        expected.append(x @ inverse @ cross + 1.5 * np.sqrt(x @ inverse @ x))
    assert upper_limits(POLICY, asking, ["a", "b", "c"], state) == pytest.approx(expected, rel=1e-12)


def test_upper_limits_are_those_of_mabwiser() -> None:
    """Without scores, on 120 rows of three arms."""
    golden = json.loads(PEERS.read_text("utf-8"))["linucb"]
    words = {1: {"area": "work"}, 2: {"surface": "home"}, 3: {"locale": "de"}}
    columns = (("area", ("work",)), ("surface", ("home",)), ("locale", ("de",)))
    policy = LinUcbPolicy(width=1.5, ridge=0.7, columns=columns)
    counts = {}
    for arm in ("a", "b", "c"):
        x = np.zeros((len(golden["rows"]), 4), np.int64)
        for place, (of, ones, _) in enumerate(golden["rows"]):
            x[place, ones] = of == arm
        reward = np.array([row[2] for row in golden["rows"]])
        counts[arm] = ArmCounts(int(x[:, 0].sum()), int(x[:, 0] @ reward), x.T @ x, x.T @ reward)
    for ones, expected in zip(golden["requests"], golden["limits"], strict=True):
        known = {name: word for column in ones[1:] for name, word in words[column].items()}
        found = upper_limits(policy, Features(**known), ["a", "b", "c"], PolicyState(counts))
        assert found == pytest.approx(expected, rel=1e-12)


def test_the_best_share_what_there_is() -> None:
    """Also where rounding alone tells them from each other."""
    assert best_of(np.array([0.1, 0.3, 0.2])).tolist() == [0, 1, 0]
    assert best_of(np.array([0.3, 0.1 + 0.2, 0.2])).tolist() == [0.5, 0.5, 0]
