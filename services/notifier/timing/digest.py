"""Digests: when notices of a topic that are collected go out together."""

from collections.abc import Sequence
from typing import TypeVar

from contracts.modules.profile import Digest, Preferences

MINUTE_S = 60.0
Item = TypeVar("Item")


def digest_of(preferences: Preferences, topic: str) -> Digest | None:
    """Return the user's digest of a topic, the first of several, None without one."""
    return next((each for each in preferences.digests if each.topic == topic), None)


def complete_at(digest: Digest, requested: Sequence[float]) -> float:
    """Return when the notices requested at these Unix seconds are complete: 0 for now, as so many are there.

    The window is from the first of them. There is at least one.
    """
    return 0.0 if len(requested) >= digest.most else min(requested) + digest.wait_minutes * MINUTE_S


def first_with(waiting: Sequence[Item], one: Item, most: int) -> list[Item]:
    """Return the first `most` of what waits, with `one` of them among these, in their order."""
    first = list(waiting[:most])
    return first if one in first else [*first[: most - 1], one]
