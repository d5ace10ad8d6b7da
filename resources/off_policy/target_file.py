"""A target policy as a file has it: the probability of each action, of each decision or for all of them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.estimate.design import Floats, Ints
from core.off_policy.decisions import TargetPolicy
from resources.off_policy.columns import SHOWN, coded, numbers
from resources.off_policy.decision_log import DecisionLog, repeated
from resources.off_policy.table_file import BadPolicyFile, FileLimits, TableFile, read_table

OPTION = "target"
REQUIRED = ("action", "probability")
KEYS = ("decision", "position")
"""Columns that a distribution is of; a target that does not look at them leaves them out."""
LIMITS = FileLimits(rows=50_000_000)
MOST_ACTIONS = 10_000
ROUNDED = 1e-3
"""By which probabilities, as they are written, may differ from a sum of one."""


@dataclass(frozen=True)
class MatchedTarget:
    """A target over the actions `names` for the rows `order` of a log; `action` codes those rows' actions."""

    names: list[str]
    order: Ints
    action: Ints
    policy: TargetPolicy


def read_target(path: Path, log: DecisionLog, rows: Ints) -> MatchedTarget:
    """Return the target in a file for the given rows of a log; distributions of no decision of them are left out.

    Raise BadPolicyFile with line and field for the first value that cannot be used, for probabilities that do not sum
    to one within .001, and for a decision that has none.
    """
    file = read_table(path, OPTION, REQUIRED, lambda name: name in {*REQUIRED, *KEYS}, LIMITS)
    probability = numbers(file, "probability")
    file.refuse_first(
        (probability < 0) | (probability > 1),
        "probability",
        lambda row: f"is {probability[row]:g}: write a probability from 0 to 1",
    )
    of_log, of_target = _distributions(file, log, rows)
    action = coded(file, "action")
    file.refuse_first(
        repeated(of_target.clip(-1) + 1, action.code) & (of_target >= 0),
        "action",
        lambda row: f"{action.names[action.code[row]]!r} stands twice for one decision: write its probability once",
    )
    names = sorted({*log.action.names, *action.names})
    if len(names) > MOST_ACTIONS:
        raise BadPolicyFile(f"{path}: {len(names)} actions, at most {MOST_ACTIONS} are compared", (OPTION, "action"))
    places = {name: place for place, name in enumerate(names)}
    known = of_target >= 0
    owner, codes = of_target[known], np.array([places[name] for name in action.names])[action.code[known]]
    sums = np.asarray(np.bincount(owner, probability[known], int(of_log.max()) + 1), np.float64)
    _check_sums(file, log, rows, of_log, of_target, sums)
    order = np.argsort(of_log, kind="stable")
    policy = _policy(of_log[order], owner, codes, probability[known] / sums[owner], len(names))
    logged = np.array([places[name] for name in log.action.names])[log.action.code[rows]]
    return MatchedTarget(names, rows[order], logged[order], policy)


def _distributions(file: TableFile, log: DecisionLog, rows: Ints) -> tuple[Ints, Ints]:
    """Return the distribution of each of the `rows` of the log, and that of each row of the target, -1 for no one's."""
    of_log, of_target = np.zeros(len(rows), np.int64), np.zeros(file.table.num_rows, np.int64)
    for name in KEYS:
        if name not in file.table.column_names:
            continue
        own = coded(file, name)
        logged = log.decision if name == "decision" else log.position
        if logged is None:
            raise BadPolicyFile(
                f"{file.path} has a column {name} and {log.file.path} has none: give both one, or leave it out",
                (OPTION, name),
            )
        places = {known: place for place, known in enumerate(logged.names)}
        found = np.array([places.get(known, -1) for known in own.names])[own.code]
        of_target = np.where((of_target < 0) | (found < 0), -1, of_target * len(places) + found)
        of_log = of_log * len(places) + logged.code[rows]
    used = np.unique(of_log)
    place = np.minimum(np.searchsorted(used, of_target), len(used) - 1)
    return np.searchsorted(used, of_log), np.where(used[place] == of_target, place, -1)


def _check_sums(file: TableFile, log: DecisionLog, rows: Ints, of_log: Ints, of_target: Ints, sums: Floats) -> None:
    """Raise BadPolicyFile for the first distribution that has no entry, or whose `sums` are not one."""
    wrong = np.flatnonzero(np.abs(sums - 1) > ROUNDED * (1 + 1e-9))
    if not len(wrong):
        return
    entries = np.flatnonzero(of_target == wrong[0])
    row = int(rows[np.flatnonzero(of_log == wrong[0])[0]])
    if not len(entries):
        name = log.decision.names[log.decision.code[row]]
        log.file.refuse(row, "decision", f"{name[:SHOWN]!r} has no probabilities in {file.path}: write them for each")
    what = f"of this decision sum to {sums[wrong[0]]:.6g}: make those of each decision and position sum to 1"
    file.refuse(int(entries[0]), "probability", what)


def _policy(of: Ints, owner: Ints, action: Ints, probability: Floats, n_actions: int) -> TargetPolicy:
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], np.arange(int(of[-1]) + 2))
    return TargetPolicy(of, starts, action[order], probability[order], n_actions)
