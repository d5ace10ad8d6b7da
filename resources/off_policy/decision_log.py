"""A log of decisions as a file has it: who was shown which action with what probability, and what came of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np

from core.estimate.design import Floats, Ints
from core.off_policy.decisions import standardized
from resources.off_policy.columns import SHOWN, CodedColumn, coded, features, numbers
from resources.off_policy.table_file import BadPolicyFile, FileLimits, TableFile, read_table

OPTION = "log"
REQUIRED = ("decision", "action", "propensity", "reward")
OPTIONAL = ("user", "position")
CONTEXT = "x."
MOST_FEATURES = 200
MOST_NUMBERS = 100_000_000
"""Features times decisions that are held in memory."""
LIMITS = FileLimits(rows=5_000_000)


@dataclass(frozen=True)
class DecisionLog:
    """N rows, one for each place of a decision; `reward` is nan where it is not known, that is not shown.

    `position` is None without such a column, and `user` then the decision where there is no column of users. `features`
    (N, p) are standardized, behind a first column of ones.
    """

    file: TableFile
    decision: CodedColumn
    action: CodedColumn
    user: CodedColumn
    position: CodedColumn | None
    propensity: Floats
    reward: Floats
    features: Floats


def read_log(path: Path) -> DecisionLog:
    """Return the log in a file; raise BadPolicyFile with line and field for the first value that cannot be used."""
    file = read_table(path, OPTION, REQUIRED, _is_wanted, LIMITS)
    decision, action = coded(file, "decision"), coded(file, "action")
    names = file.table.column_names
    position = coded(file, "position") if "position" in names else None
    user = coded(file, "user", advice=", or leave the column out") if "user" in names else decision
    propensity = numbers(file, "propensity")
    file.refuse_first(
        (propensity <= 0) | (propensity > 1),
        "propensity",
        lambda row: f"is {propensity[row]:g}: write the probability of the logged action, above 0 and at most 1",
    )
    reward = numbers(file, "reward", missing=True)
    if np.isnan(reward).all():
        raise BadPolicyFile(f"{path}: no decision has a reward: nothing can be estimated", (OPTION, "reward"))
    again = " in one position: write it once" if position else ": number its places in a column position"
    file.refuse_first(
        repeated(decision.code, position.code if position else None),
        "decision",
        lambda row: f"{decision.names[decision.code[row]][:SHOWN]!r} stands twice{again}",
    )
    return DecisionLog(file, decision, action, user, position, propensity, reward, _features(file, position))


def repeated(*codes: Ints | None) -> np.ndarray:
    """Return which rows (N) have the codes of an earlier row; None is no code."""
    given = [code for code in codes if code is not None]
    key = given[0].astype(np.int64)
    for code in given[1:]:
        key = np.unique(key, return_inverse=True)[1] * (int(code.max()) + 1) + code
    order = np.argsort(key, kind="stable")
    again = np.zeros(len(key), np.bool_)
    again[order[1:]] = key[order[1:]] == key[order[:-1]]
    return again


def _is_wanted(name: str) -> bool:
    return name in {*REQUIRED, *OPTIONAL} or name.startswith(CONTEXT)


def _features(file: TableFile, position: CodedColumn | None) -> Floats:
    """Return ones and the standardized context: mean 0 and standard deviation 1; what never differs is left out."""

    def refuse(name: str, what: str) -> NoReturn:
        raise BadPolicyFile(f"{file.path}: column {name} {what}", (OPTION, name))

    names = sorted(name for name in file.table.column_names if name.startswith(CONTEXT))
    most = min(MOST_FEATURES, MOST_NUMBERS // file.table.num_rows)
    if len(names) > most:
        refuse(
            f"{CONTEXT}*", f"stands for {len(names)} columns, at most {most} are read of so many rows: leave some out"
        )
    found = features(file, [*names, *(["position"] if position else [])], refuse)
    if found.shape[1] > most:
        refuse(
            f"{CONTEXT}*",
            f"comes to {found.shape[1]} features, at most {most} are fitted to so many rows: leave out some",
        )
    return standardized(found)
