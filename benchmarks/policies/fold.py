"""CPU time of the fold of a log into a policy's counts, over a bare DuckDB aggregation of the same signals.

usage: python -m benchmarks.policies.fold [--signals N]

Bare is a count by arm and kind of signals joined to their decisions. DuckDB also computes the counts themselves, by the
first display and the first act of each decision, and they must be the fold's. One thread each, the median of five.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import duckdb
import numpy as np
import pyarrow as pa

from core.policies.configuration import LinUcbPolicy, Policy, ThompsonPolicy
from core.policies.reactions import HOUR
from core.policies.replay import Choices, Reactions, Replayed, replayed

ARMS = [f"arm-{number:02}" for number in range(50)]
POLICIES: dict[str, Policy] = {
    "thompson": ThompsonPolicy(),
    "linucb": LinUcbPolicy(
        columns=(("area", tuple("abcdefgh")), ("weekday", tuple("abcdefg")), ("surface", tuple("abcd")))
    ),
}
BARE = "SELECT arm, acted, count(*) FROM signals JOIN choices ON choice = id GROUP BY ALL"
COUNTS = """
    SELECT arm, count(first_shown), count(*) FILTER (first_acted <= first_shown + ?)
    FROM (SELECT arm, min(time) FILTER (NOT acted AND time >= decided_at) AS first_shown,
                 min(time) FILTER (acted AND time >= decided_at) AS first_acted
          FROM signals JOIN choices ON choice = id GROUP BY id, arm)
    GROUP BY arm ORDER BY arm
"""
TABLES = {
    "choices": "CREATE TABLE choices AS SELECT * FROM given",
    "signals": "CREATE TABLE signals AS SELECT * FROM given",
}


def simulated(n: int) -> tuple[Choices, Reactions, Reactions]:
    """Return a log of n signals, of two decisions for five of them."""
    rng = np.random.default_rng(1)
    d = n * 2 // 5
    decided_at = np.sort(rng.integers(0, 365 * 24 * HOUR, d))
    columns = np.stack(
        [np.zeros(d, np.int64), rng.integers(1, 9, d), rng.integers(9, 16, d), rng.integers(16, 20, d)], 1
    )
    shown, acted = rng.permutation(d)[: d * 9 // 10], rng.integers(0, d, n - d * 9 // 10)
    return (
        Choices(ARMS, rng.integers(0, len(ARMS), d), decided_at, columns),
        Reactions(shown, decided_at[shown] + rng.integers(-1_000, 24 * HOUR, len(shown))),
        Reactions(acted, decided_at[acted] + rng.integers(0, 200 * HOUR, len(acted))),
    )


def connected(choices: Choices, shown: Reactions, acted: Reactions) -> duckdb.DuckDBPyConnection:
    """Return a connection of one thread with the tables `choices` and `signals`."""
    connection = duckdb.connect(config={"threads": 1})
    of_choices = {"id": np.arange(len(choices.arm)), "arm": choices.arm, "decided_at": choices.decided_at}
    of_signals = {
        "choice": np.concatenate([shown.choice, acted.choice]),
        "time": np.concatenate([shown.at, acted.at]),
        "acted": np.arange(len(shown.at) + len(acted.at)) >= len(shown.at),
    }
    for name, columns in (("choices", of_choices), ("signals", of_signals)):
        connection.register("given", pa.table(columns))
        connection.execute(TABLES[name])
    return connection


def seconds(work: Callable[[], object]) -> float:
    """Return the median CPU time of five runs."""
    found = []
    for _ in range(5):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return statistics.median(found)


def main() -> None:
    """Print the times, after the counts were found to be equal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signals", type=int, default=1_000_000)
    given = parser.parse_args()
    choices, shown, acted = simulated(given.signals)
    connection = connected(choices, shown, acted)
    counts = replayed(POLICIES["thompson"], choices, shown, acted).counts
    expected = [(own.shown, own.acted) for own in (counts[arm] for arm in ARMS)]
    if [row[1:] for row in connection.execute(COUNTS, [72 * HOUR]).fetchall()] != expected:
        raise SystemExit("DuckDB counts otherwise")
    bare = seconds(lambda: connection.execute(BARE).fetchall())
    by_duckdb = seconds(lambda: connection.execute(COUNTS, [72 * HOUR]).fetchall())
    print(f"{given.signals:,} signals, counts equal DuckDB's")
    print(f"bare aggregation {bare:.3f} s, counts by DuckDB {by_duckdb:.3f} s")
    for name, policy in POLICIES.items():

        def fold(policy: Policy = policy) -> Replayed:
            return replayed(policy, choices, shown, acted)

        taken = seconds(fold)
        print(f"{name} {taken:.3f} s, {taken / bare:.1f} times the bare aggregation")


if __name__ == "__main__":
    main()
