"""A million logged decisions: estimates over a bare DuckDB aggregation, and models over bare least squares.

usage: python -m benchmarks.off_policy.speed [--decisions N] [--obp PYTHON]

Ten actions, eight features, a tenth as many users, a distribution of its own for each decision. IPS, SNIPS and clipped
IPS with intervals are compared with DuckDB's aggregation of the same decisions by action; DM, DR and switch-DR with
numpy.linalg.lstsq of each action's rewards, of each fold for the last two, and what it expects of the target. Least CPU
time of three, in one thread. `--obp` is a Python that has obp: its estimates on the same arrays, without intervals.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.off_policy.logs import policy_of, softmax
from core.estimate.design import Floats
from core.off_policy.decisions import Decisions, TargetPolicy
from core.off_policy.estimators import FOLDS, Estimation, clipped_ips, cross_fitted, dm, dr, ips, snips, switch_dr
from core.off_policy.intervals import clustered
from wiring.blas_threads import one_blas_thread

ACTIONS, FEATURES, TIMES = 10, 8, 3
BARE = """
    select action, count(*), sum(reward), avg(reward / propensity), sum(reward * probability / propensity)
    from decisions group by action
"""
OF_OBP = """
import sys, time, numpy as np
from obp.ope import (DirectMethod, DoublyRobust, InverseProbabilityWeighting, SelfNormalizedInverseProbabilityWeighting)
given = dict(np.load(sys.argv[1]))
table, model = given.pop("table")[:, :, None], given.pop("model")[:, :, None]
given["position"] = np.zeros(len(table), int)
for kind, own in ((InverseProbabilityWeighting, given), (SelfNormalizedInverseProbabilityWeighting, given),
                  (DirectMethod, {"position": given["position"], "estimated_rewards_by_reg_model": model}),
                  (DoublyRobust, {**given, "estimated_rewards_by_reg_model": model})):
    used = time.process_time()
    kind().estimate_policy_value(action_dist=table, **own)
    print(f"obp {kind.__name__}: {time.process_time() - used:.3f} s")
"""
"""The program that obp's Python runs."""


def log_of(n: int) -> tuple[Decisions, Floats]:
    """Return n decisions, and the target's probabilities (N, A)."""
    rng = np.random.default_rng(1)
    features = np.column_stack([np.ones(n), rng.normal(size=(n, FEATURES))])
    taste = rng.normal(0, 0.2, (ACTIONS, FEATURES + 1))
    logging, wanted = softmax(features @ taste.T), softmax(2 * features @ taste.T)
    action = (logging.cumsum(axis=1) > rng.random(n)[:, None]).argmax(axis=1).clip(max=ACTIONS - 1)
    reward = (features @ taste.T)[np.arange(n), action] + rng.normal(size=n)
    user = np.unique(rng.integers(n // 10, size=n), return_inverse=True)[1]
    return Decisions(features, action, user, logging[np.arange(n), action], reward), wanted


def cpu(act: Callable[[], object]) -> float:
    """Return the least CPU seconds of three calls."""
    spent = []
    for _ in range(TIMES):
        started = time.process_time()
        act()
        spent.append(time.process_time() - started)
    return min(spent)


def least_squares(decisions: Decisions, wanted: Floats, n_folds: int) -> Floats:
    """Return what bare regressions by action and fold expect of the target (N)."""
    found = np.empty(len(wanted))
    fold = decisions.user % n_folds
    for number in range(n_folds):
        used = fold != number if n_folds > 1 else np.ones(len(fold), np.bool_)
        left = ~used if n_folds > 1 else used
        parts = [used & (decisions.action == action) for action in range(ACTIONS)]
        models = [np.linalg.lstsq(decisions.features[part], decisions.reward[part], rcond=None)[0] for part in parts]
        found[left] = (decisions.features[left] @ np.array(models).T * wanted[left]).sum(axis=1)
    return found


def compare(decisions: Decisions, wanted: Floats, target: TargetPolicy) -> None:
    """Print each estimator's time, and the ratio to what is bare."""
    import duckdb

    n, reward = len(wanted), decisions.reward
    columns = {"action": decisions.action, "reward": reward, "propensity": decisions.propensity}
    table = pa.table({**columns, "probability": wanted[np.arange(n), decisions.action]})
    engine = duckdb.connect(config={"threads": 1})
    engine.register("decisions", table)

    def weights() -> Floats:
        return target.probabilities(decisions.action) / decisions.propensity

    def with_interval(estimate: Callable[[], Estimation]) -> Callable[[], object]:
        return lambda: clustered(estimate().influence, decisions.user, decisions.n_users)

    groups: list[tuple[str, float, dict[str, Callable[[], Estimation]]]] = [
        (
            "bare aggregation",
            cpu(lambda: engine.sql(BARE).to_arrow_table()),
            {
                "ips": lambda: ips(weights(), reward),
                "snips": lambda: snips(weights(), reward),
                "clipped_ips": lambda: clipped_ips(weights(), reward, 100.0),
            },
        ),
        ("least squares", cpu(lambda: least_squares(decisions, wanted, 1)), {"dm": lambda: dm(decisions, target)}),
        (
            "least squares in five folds",
            cpu(lambda: least_squares(decisions, wanted, FOLDS)),
            {
                "dr": lambda: dr(weights(), reward, cross_fitted(decisions, target)),
                "switch_dr": lambda: switch_dr(weights(), reward, cross_fitted(decisions, target), 100.0),
            },
        ),
    ]
    for name, bare, estimates in groups:
        print(f"{name}: {bare:.3f} s")
        for estimator, estimate in estimates.items():
            own = cpu(with_interval(estimate))
            print(f"  {estimator} with its interval: {own:.3f} s, {own / bare:.2f} ×", flush=True)


def compare_obp(python: Path, decisions: Decisions, wanted: Floats) -> None:
    """Print what obp takes for its estimates on the same arrays, with a model that is given to it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "arrays.npz"
        given: dict[str, Any] = {"reward": decisions.reward, "action": decisions.action, "pscore": decisions.propensity}
        np.savez(file, **given, table=wanted, model=np.zeros_like(wanted))
        subprocess.run([python, "-c", OF_OBP, str(file)], check=True)


def main() -> None:
    """Make the log and print the comparisons."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decisions", type=int, default=1_000_000)
    parser.add_argument("--obp", type=Path, help="a Python with obp and all that it imports")
    parser.add_argument("--measure", action="store_true", help="in this process, with the threads that it has")
    given = parser.parse_args()
    if not given.measure:
        one_blas_thread(os.environ)
        subprocess.run([sys.executable, "-m", "benchmarks.off_policy.speed", "--measure", *sys.argv[1:]], check=True)
        return
    print(f"{given.decisions:,} decisions, load average {os.getloadavg()[0]:.1f}")
    decisions, wanted = log_of(given.decisions)
    compare(decisions, wanted, policy_of(wanted))
    if given.obp:
        compare_obp(given.obp, decisions, wanted)


if __name__ == "__main__":
    main()
