"""A policy as configuration: read from the values of a TOML table, checked, and known by its hash."""

import dataclasses
import math
from collections.abc import Mapping
from typing import ClassVar

from core.canonical import content_hash
from core.expected_error import FieldError

KIND = "kind"


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


Policy = RandomPolicy
KINDS: Mapping[str, type[Policy]] = {policy.kind: policy for policy in (RandomPolicy,)}
RANGES: Mapping[str, tuple[float, float]] = {"reward_within_hours": (1, 24 * 30)}
"""The least and the largest value of each number that a policy may have."""


def read_policy(values: Mapping[str, object]) -> Policy:
    """Return the policy that a TOML table's values describe; `kind` names it and every other field has a default.

    Raise BadPolicy for the first field that is unknown, of another type or out of its range.
    """
    kind = values.get(KIND)
    if not isinstance(kind, str) or kind not in KINDS:
        raise BadPolicy(f"kind is {kind!r:.80}: use {' or '.join(KINDS)}", (KIND,))
    fields = {field.name: field for field in dataclasses.fields(KINDS[kind])}
    given: dict[str, float] = {}
    for name, value in values.items():
        if name == KIND:
            continue
        if name not in fields:
            known = ", ".join(fields)
            raise BadPolicy(f"{name!r:.80} is no field of a policy of kind {kind}: it has {known}", (name,))
        given[name] = _number(name, value, whole=fields[name].type is int)
    return KINDS[kind](**given)  # type: ignore[arg-type]  # each is of its field's type, as _number returned it


def policy_hash(policy: Policy) -> str:
    """Return 64 hex digits that are equal for equal policies, whatever was written and what was left to defaults.

    A kind whose probabilities are computed in another way has another `revision`, and so other hashes.
    """
    settings = {field.name: getattr(policy, field.name) for field in dataclasses.fields(policy)}
    return content_hash({KIND: policy.kind, "revision": policy.revision, "settings": settings})


def _number(name: str, value: object, *, whole: bool) -> float:
    low, high = RANGES[name]
    kinds = int if whole else (int, float)
    if not isinstance(value, kinds) or isinstance(value, bool) or not (math.isfinite(value) and low <= value <= high):
        noun = "a whole number" if whole else "a number"
        raise BadPolicy(f"{name} is {value!r:.80}: use {noun} from {low:g} to {high:g}", (name,))
    return value if whole else float(value)
