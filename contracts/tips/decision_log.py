"""Decisions published for analysis: pseudonymous rows by day, one for each place, with what became of its tip."""

from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec


class PublishedTip(msgspec.Struct, frozen=True, kw_only=True):
    """One place of a decision without personal data: `user` and `decision` are pseudonyms, features coarse words.

    `propensity` is that of `action`, the arm, given the earlier places; `eligible` are all arms that could be drawn at
    the first place with the `probabilities` beside them. `reward` is 1 for a tip that was acted on in time, 0 for
    another that was shown, None for one that was not. `kind` is the policy's; `promotion` is the version of the
    promotion by which it drew, 0 for the policy of the settings, None where that was not logged. `simulated` says that
    the user is no person. `source` is where the text came from: `ahead`, `judged` or `template`, None where that was
    not logged.
    """

    decision: str
    user: str
    position: int
    action: str
    propensity: float
    reward: float | None
    area: str | None
    hour_band: str | None
    weekday: str | None
    surface: str
    locale: str | None
    tip: str
    shown: bool
    opened: bool
    dismissed: bool
    kind: str
    policy: str
    promotion: int | None
    fallback: bool
    simulated: bool
    eligible: Sequence[str]
    probabilities: Sequence[float]
    source: str | None = None


class DayCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What the tables had of a day when it was published: every decision is in one of the first four.

    `published` had tips and an outcome, `empty` no eligible arm, of `withheld` the user does not agree to it or was
    erased, and `open` ones have no outcome yet. `served` counts tips of the published ones, `unlogged` those among
    them whose logged propensity is none, and `erased` the rows that left since.
    """

    published: int = 0
    empty: int = 0
    withheld: int = 0
    open: int = 0
    served: int = 0
    unlogged: int = 0
    erased: int = 0


class PublishedDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day in UTC, `YYYY-MM-DD`, with its file and how many rows that has; no file without a row."""

    day: str
    file: str | None
    sha256: str | None
    rows: int
    reward_within_hours: int
    counts: DayCounts


class DecisionParts(Protocol):
    """A store of one part a day; blocking, one writer at a time."""

    def days(self) -> Sequence[PublishedDay]:
        """Return the published days in their order."""
        ...

    def write(self, day: str, batches: Iterable[Sequence[PublishedTip]]) -> tuple[str, str, int] | None:
        """Write a day's rows, which does not publish them; return file, SHA-256 and rows, None for no rows."""
        ...

    def publish(self, day: PublishedDay) -> None:
        """Let a day be this one, in place of what it was; raise StaleFence."""
        ...
