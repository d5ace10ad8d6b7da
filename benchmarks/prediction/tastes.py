"""How often the report on simulated users holds the slope that was declared, and what it says of their tastes.

usage: python -m benchmarks.prediction.tastes [--runs N]

A run has eight cells. True levels are normal with a standard deviation of .8 points, a judge scores twenty scenarios
with an error of .6 beside what the scenario adds for all cells. Simulated users visit as `tipbench simulate-users` has
them, 120 on 14 days on a random policy, and their tastes go by the true levels. Scores and rewards are compared as the
asset policy_reports does it: cross-fitted DR by cell with its refusals, errors of scores by scenario. A row has in
percent of the runs that were not refused how many intervals hold the declared slope, and the mean rank correlation of
all runs; how many were refused, and what was said of the others.
"""

import argparse
from collections import Counter
from dataclasses import dataclass

import numpy as np

from core.estimate.design import Floats, Ints
from core.off_policy.decisions import Decisions, TargetPolicy
from core.off_policy.evaluate import ActionCounts, evaluate
from core.prediction.distances import distance_errors
from core.prediction.evaluate import BenchmarkPrediction, CellOutcome, predicts
from core.simulated_users.tastes import INCLINATION, Relation, Tastes, rates
from core.simulated_users.visits import SHOWN

CELLS, SCENARIOS, USERS, DAYS = 8, 20, 120, 14
SPREAD, ERROR, SHARED = 0.8, 0.6, 0.5


@dataclass(frozen=True)
class TasteRun:
    """What a run found, and the slope that was declared."""

    found: BenchmarkPrediction
    slope: float


def one_run(relation: Relation, run: int) -> TasteRun:
    """Return what is found of one board and the reactions to its cells."""
    rng = np.random.default_rng([run, list(Relation).index(relation)])
    true = 3 + SPREAD * rng.normal(size=CELLS)
    scores = true[:, None] + SHARED * rng.normal(size=SCENARIOS) + ERROR * rng.normal(size=(CELLS, SCENARIOS))
    cell, scenario = (part.ravel() for part in np.indices(scores.shape))
    errors = distance_errors(cell, scenario, scores.ravel(), np.arange(CELLS))
    tastes = Tastes(relation=relation)
    names = [f"m/{number}" for number in range(CELLS)]
    rate = np.array(list(rates(tastes, dict(zip(names, true.tolist(), strict=True)), run).values()))
    steepest = 2 * tastes.strength / float(np.ptp(true))
    slope = {Relation.AGREE: steepest, Relation.DISAGREE: -steepest, Relation.UNRELATED: 0.0}[relation]
    rewards = cell_rewards(rng, rate, names)
    outcomes = [
        CellOutcome(name, score, error, reward)
        for name, score, error, reward in zip(
            names, scores.mean(axis=1).tolist(), np.zeros(CELLS) if errors is None else errors, rewards, strict=True
        )
    ]
    return TasteRun(predicts(outcomes), slope)


def cell_rewards(rng: np.random.Generator, rate: Floats, names: list[str]) -> list[float | None]:
    """Return the reward by cell of the visits of all users on all days, None where it is refused."""
    user = np.repeat(np.arange(USERS), DAYS)
    action: Ints = rng.integers(0, CELLS, len(user))
    own = INCLINATION * (2 * rng.random(USERS) - 1)
    reward = (rng.random(len(user)) < rate[action] + own[user]).astype(np.float64)
    is_shown = rng.random(len(user)) < SHOWN
    counts = ActionCounts(names, np.bincount(action, minlength=CELLS), np.bincount(action[is_shown], minlength=CELLS))
    known = is_shown.sum()
    seen = np.unique(user[is_shown], return_inverse=True)[1]
    log = Decisions(np.ones((known, 1)), action[is_shown], seen, np.full(known, 1 / CELLS), reward[is_shown])
    return [_reward(log, counts, number) for number in range(CELLS)]


def _reward(log: Decisions, counts: ActionCounts, cell: int) -> float | None:
    target = TargetPolicy(
        of=np.zeros(len(log.action), np.int64),
        starts=np.array([0, 1]),
        action=np.array([cell]),
        probability=np.ones(1),
        n_actions=CELLS,
    )
    found = next(each for each in evaluate(log, target, counts) if each.estimator == "dr")
    return None if found.refused else found.value


def row(relation: Relation, runs: int) -> list[str]:
    """Return the cells of a row of the table."""
    made = [one_run(relation, run) for run in range(runs)]
    left = [(each.found, each.slope) for each in made if each.found.refused is None]
    known = [found.rank_correlation for found, _ in left if found.rank_correlation is not None]
    rank = float(np.mean(known))
    held = sum((found.slope_low or 0.0) <= slope <= (found.slope_high or 0.0) for found, slope in left)
    ranked = sum((found.rank_low or 0.0) <= rank <= (found.rank_high or 0.0) for found, _ in left)
    width = np.median([(found.slope_high or 0.0) - (found.slope_low or 0.0) for found, _ in left])
    said = Counter(found.verdict for found, _ in left)
    shares = (held, ranked, said["agrees"], said["disagrees"], said["unknown"])
    n = max(len(left), 1)
    return [*(f"{100 * share / n:.1f}" for share in shares), f"{100 * (1 - len(left) / runs):.1f}", f"{width:.2f}"]


def main() -> None:
    """Print the table as it is made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1_000)
    given = parser.parse_args()
    print(f"{given.runs:,} runs a row, error ± {100 * np.sqrt(0.95 * 0.05 / given.runs):.1f} points\n")
    columns = ("slope held", "rank held", "said agrees", "said disagrees", "said unknown", "refused", "median width")
    print("| tastes | " + " | ".join(columns) + " |")
    print("|---" * (1 + len(columns)) + "|")
    for relation in Relation:
        print("| " + " | ".join([relation.value, *row(relation, given.runs)]) + " |", flush=True)


if __name__ == "__main__":
    main()
