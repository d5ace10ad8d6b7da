"""What is stored of the users of a transaction, read for all of them at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from contracts.tips.recommendations import Surface
from services.recommender.drawing.eligibility import ServedHistory, ServedTip
from services.recommender.tables import DECISIONS, PEOPLE, SERVED

_WHOSE: sa.BindParameter[list[str]] = sa.bindparam("whose", expanding=True)
_COUNTS = (
    sa.select(DECISIONS.c.user, sa.func.count().label("decisions"))
    .where(DECISIONS.c.user.in_(_WHOSE), DECISIONS.c.made_at > sa.bindparam("since"))
    .group_by(DECISIONS.c.user)
)
_READERS = sa.select(PEOPLE.c.user, PEOPLE.c.sealed).where(PEOPLE.c.user.in_(_WHOSE))
_SERVED = sa.select(SERVED.c.user, SERVED.c.tip, SERVED.c.area, SERVED.c.surface, SERVED.c.served_at).where(
    SERVED.c.user.in_(_WHOSE), SERVED.c.served_at > sa.bindparam("since")
)
_HIDING = sa.select(SERVED.c.user, SERVED.c.tip, SERVED.c.arm, SERVED.c.area, SERVED.c.hides).where(
    SERVED.c.user.in_(_WHOSE), SERVED.c.hides != ""
)


@dataclass(frozen=True)
class KnownUser:
    """How many decisions a user had in the time that is counted, what they were served, and their sealed choices."""

    decisions: int
    history: ServedHistory
    sealed: bytes | None


def known_users(
    connection: sa.Connection, users: Sequence[str], now: float, *, counted_s: float, served_s: float
) -> Mapping[str, KnownUser]:
    """Return what is known of each of the users; decisions of the last `counted_s`, tips of the last `served_s`.

    Rows of a time to come, after a clock was put back, count as of now.
    """
    whose = list(users)
    counts = {
        row.user: row.decisions for row in connection.execute(_COUNTS, {"whose": whose, "since": now - counted_s})
    }
    sealed = {row.user: row.sealed for row in connection.execute(_READERS, {"whose": whose})}
    served: dict[str, list[ServedTip]] = {user: [] for user in users}
    for user, tip, area, surface, at in connection.execute(_SERVED, {"whose": whose, "since": now - served_s}):
        served[user].append(ServedTip(tip, area, Surface(surface), min(at, now)))
    hidden: dict[str, set[str]] = {user: set() for user in users}
    kinds: dict[str, set[tuple[str, str]]] = {user: set() for user in users}
    for user, tip, arm, area, hides in connection.execute(_HIDING, {"whose": whose}):
        hidden[user].add(tip)
        if hides == "kind":
            kinds[user].add((arm, area))
    return {
        user: KnownUser(
            counts.get(user, 0),
            ServedHistory(served[user], frozenset(hidden[user]), frozenset(kinds[user])),
            sealed.get(user),
        )
        for user in users
    }
