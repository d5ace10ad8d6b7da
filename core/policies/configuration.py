"""A policy as configuration: read from the values of a TOML table, checked, and known by its hash."""

import dataclasses
import math
from collections.abc import Mapping
from functools import lru_cache
from typing import ClassVar

from core.canonical import content_hash
from core.expected_error import FieldError
from core.policies.features import FEATURES, HOUR_BANDS, Columns

KIND = "kind"
MOST_COLUMNS = 64
HASHED = 256
"""Policies whose hash is remembered: each is hashed at every decision."""


class BadPolicy(FieldError):
    """A policy's configuration that cannot be used; the message names the field, its value and what it may be."""


@dataclasses.dataclass(frozen=True)
class RandomPolicy:
    """Every eligible arm is as likely as any other.

    `reward_within_hours` is how long after a tip was first shown acting on it counts as reward.
    """

    kind: ClassVar[str] = "random"
    revision: ClassVar[int] = 1
    reward_within_hours: int = 72


@dataclasses.dataclass(frozen=True)
class EpsilonGreedyPolicy:
    """The arm with the highest expected reward, and with probability `floor` any of the eligible ones.

    `prior_weight` is how many times a tip shown the benchmark's score of its arm counts as.
    """

    kind: ClassVar[str] = "epsilon_greedy"
    revision: ClassVar[int] = 1
    reward_within_hours: int = 72
    floor: float = 0.1
    prior_weight: float = 10.0


@dataclasses.dataclass(frozen=True)
class ThompsonPolicy:
    """Each arm as often as it is the best one, and with probability `floor` any; `prior_weight` as in ε-greedy."""

    kind: ClassVar[str] = "thompson"
    revision: ClassVar[int] = 1
    reward_within_hours: int = 72
    floor: float = 0.1
    prior_weight: float = 10.0


@dataclasses.dataclass(frozen=True)
class LinUcbPolicy:
    """The arm with the highest upper limit of a linear model of the features, and with probability `floor` any.

    `width` is that of the limit in standard errors, `ridge` the penalty. `columns` are the values of features that the
    model has a coefficient for, by feature; another value counts as none of them.
    """

    kind: ClassVar[str] = "linucb"
    revision: ClassVar[int] = 1
    reward_within_hours: int = 72
    floor: float = 0.1
    prior_weight: float = 10.0
    width: float = 1.0
    ridge: float = 1.0
    columns: Columns = (("hour_band", HOUR_BANDS),)


Policy = RandomPolicy | EpsilonGreedyPolicy | ThompsonPolicy | LinUcbPolicy
KINDS: Mapping[str, type[Policy]] = {
    policy.kind: policy for policy in (RandomPolicy, EpsilonGreedyPolicy, ThompsonPolicy, LinUcbPolicy)
}
RANGES: Mapping[str, tuple[float, float]] = {
    "reward_within_hours": (1, 24 * 30),
    "floor": (0.01, 1.0),
    "prior_weight": (0.0, 1_000.0),
    "width": (0.0, 10.0),
    "ridge": (0.01, 1_000.0),
}
"""The least and the largest value of each number that a policy may have."""
WHOLE = frozenset({"reward_within_hours"})


def read_policy(values: Mapping[str, object]) -> Policy:
    """Return the policy that a TOML table's values describe; `kind` names it and every other field has a default.

    Raise BadPolicy for the first field that is unknown, of another type or out of its range.
    """
    kind = values.get(KIND)
    if not isinstance(kind, str) or kind not in KINDS:
        raise BadPolicy(f"kind is {kind!r:.80}: use {' or '.join(KINDS)}", (KIND,))
    names = [field.name for field in dataclasses.fields(KINDS[kind])]
    given = {name: value for name, value in values.items() if name != KIND}
    unknown = next((name for name in given if name not in names), None)
    if unknown is not None:
        raise BadPolicy(f"{unknown!r:.80} is no field of a policy of kind {kind}: use {', '.join(names)}", (unknown,))
    read = {name: _columns(value) if name == "columns" else _number(name, value) for name, value in given.items()}
    return KINDS[kind](**read)  # type: ignore[arg-type]  # each is of its field's type, as it was read


def policy_values(policy: Policy) -> dict[str, object]:
    """Return values of JSON of which `read_policy` makes an equal policy."""
    found = {field.name: getattr(policy, field.name) for field in dataclasses.fields(policy)}
    if isinstance(policy, LinUcbPolicy):
        found["columns"] = {name: list(words) for name, words in policy.columns}
    return {KIND: policy.kind, **found}


@lru_cache(HASHED)
def policy_hash(policy: Policy) -> str:
    """Return 64 hex digits that are equal for equal policies, whatever was written and what was left to defaults.

    A kind whose probabilities are computed in another way has another `revision`, and so other hashes.
    """
    settings = {field.name: getattr(policy, field.name) for field in dataclasses.fields(policy)}
    return content_hash({KIND: policy.kind, "revision": policy.revision, "settings": settings})


def counting_of(policy: Policy) -> dict[str, object]:
    """Return what of a policy decides how reactions are counted for it, as values of JSON.

    Policies with equal ones learn the same, so that one state serves them all.
    """
    return {name: value for name, value in policy_values(policy).items() if name in {"reward_within_hours", "columns"}}


def counting_policy(values: Mapping[str, object]) -> Policy:
    """Return a policy that counts as `values` of `counting_of` say; raise BadPolicy."""
    return read_policy({KIND: LinUcbPolicy.kind if "columns" in values else RandomPolicy.kind, **values})


def _number(name: str, value: object) -> float:
    low, high = RANGES[name]
    kinds = int if name in WHOLE else (int, float)
    if not isinstance(value, kinds) or isinstance(value, bool) or not (math.isfinite(value) and low <= value <= high):
        noun = "a whole number" if name in WHOLE else "a number"
        raise BadPolicy(f"{name} is {value!r:.80}: use {noun} from {low:g} to {high:g}", (name,))
    return value if name in WHOLE else float(value)


def _columns(given: object) -> Columns:
    """Return the values of each feature, in the features' order and as they were listed."""
    if not isinstance(given, Mapping):
        raise BadPolicy(f"columns is {given!r:.80}: use a table of lists, such as area = ['work']", ("columns",))
    for name, values in given.items():
        path = ("columns", str(name))
        if name not in FEATURES:
            raise BadPolicy(f"{name!r:.80} is no feature: use {', '.join(FEATURES)}", path)
        words = values if isinstance(values, list | tuple) else []
        if not words or not all(isinstance(word, str) and word for word in words) or len(set(words)) < len(words):
            raise BadPolicy(f"columns.{name} is {values!r:.80}: use a list of different words", path)
    count = sum(map(len, given.values()))
    if count >= MOST_COLUMNS:
        raise BadPolicy(f"columns has {count} values: use fewer than {MOST_COLUMNS}", ("columns",))
    return tuple((name, tuple(given[name])) for name in FEATURES if name in given)
