"""Writes peers.json beside it: what MABWiser 2.7.4 and Vowpal Wabbit 9.11.9 say of simulated rewards.

usage: python make_peers.py, with both packages

`linucb`: MABWiser's LinUCB(alpha=1.5, l2_lambda=0.7), whose contexts have a first column of ones, and its
expectations, which are the upper limits. `thompson`: how often each arm is the best one in 20,000 of the samples by
which MABWiser's ThompsonSampling predicts. `epsilon`: the probabilities of Vowpal Wabbit's cb_explore_adf with
--epsilon 0.2 over five actions, of which it has seen one rewarded.
"""

import json
from collections import Counter
from pathlib import Path

import numpy as np
from mabwiser.mab import MAB, LearningPolicy
from vowpalwabbit import pyvw

ARMS = ["a", "b", "c"]
SAMPLES = 20_000


def linucb(rng: np.random.Generator) -> dict[str, object]:
    """Return rows of arm, columns with a 1, reward; and the limits for some requests."""
    rows: list[tuple[str, list[int], int]] = []
    for _ in range(120):
        ones = [0, *(column for column in (1, 2, 3) if rng.random() < 0.4)]
        arm = ARMS[rng.integers(3)]
        rows.append((arm, ones, int(rng.random() < 0.2 + 0.15 * (ARMS.index(arm) in ones))))
    requests = [[0], [0, 1], [0, 2, 3], [0, 1, 2, 3]]
    mab = MAB(ARMS, LearningPolicy.LinUCB(alpha=1.5, l2_lambda=0.7))
    mab.fit([row[0] for row in rows], [row[2] for row in rows], np.array([_dense(row[1]) for row in rows]))
    limits = [mab.predict_expectations(np.array([_dense(ones)])) for ones in requests]
    return {"rows": rows, "requests": requests, "limits": [[float(one[arm]) for arm in ARMS] for one in limits]}


def thompson(rng: np.random.Generator) -> dict[str, object]:
    """Return how often each arm was shown and acted on, and how often it was the best of a sample."""
    shown, acted = [40, 25, 60], [6, 5, 11]
    decisions = [arm for arm, n in zip(ARMS, shown, strict=True) for _ in range(n)]
    rewards = [int(place < k) for n, k in zip(shown, acted, strict=True) for place in range(n)]
    mab = MAB(ARMS, LearningPolicy.ThompsonSampling(), seed=int(rng.integers(1_000)))
    mab.fit(decisions, rewards)
    best = Counter(mab.predict() for _ in range(SAMPLES))
    return {"shown": shown, "acted": acted, "best": [best[arm] for arm in ARMS], "samples": SAMPLES}


def epsilon() -> dict[str, object]:
    """Return the probabilities of five actions, in Vowpal Wabbit's order."""
    learner = pyvw.Workspace("--cb_explore_adf --epsilon 0.2 --quiet")
    learner.learn([f"{'0:-1:0.5 ' if place == 2 else ''}| arm{place}" for place in range(5)])
    return {"epsilon": 0.2, "probabilities": learner.predict([f"| arm{place}" for place in range(5)])}


def _dense(ones: list[int]) -> list[float]:
    return [float(column in ones) for column in range(4)]


def main() -> None:
    """Write what both say."""
    rng = np.random.default_rng(20261130)
    found = {"linucb": linucb(rng), "thompson": thompson(rng), "epsilon": epsilon()}
    Path(__file__).with_name("peers.json").write_text(json.dumps(found) + "\n", "utf-8")


if __name__ == "__main__":
    main()
