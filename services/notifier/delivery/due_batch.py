"""What decisions on several notices need, read for all of them in a few queries; what is decided is written alike."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from contracts.modules.profile import Channel
from kit.timing.caps import SentNotice
from services.notifier.delivery import slots
from services.notifier.delivery.digests import JOINED
from services.notifier.people import sealed_people
from services.notifier.tables import DELIVERIES, NOTICES

TRIED = (*slots.COUNTED, "refused")
"""States of a slot by whose channel the notice does not go out again by itself."""
_SLOTS = sa.select(DELIVERIES).where(DELIVERIES.c.notice.in_(sa.bindparam("notices", expanding=True)))
_JOINED_TO = sa.select(DELIVERIES.c.reason).where(
    DELIVERIES.c.user.in_(sa.bindparam("users", expanding=True)),
    DELIVERIES.c.state == JOINED,
    DELIVERIES.c.reason.in_(sa.bindparam("notices", expanding=True)),
)
_DECIDED = (
    NOTICES.update()
    .where(NOTICES.c.id == sa.bindparam("decided"))
    .values({name: sa.bindparam(f"new_{name}") for name in ("state", "code", "holds", "release_at", "arrived_at")})
)


class DueBatch:
    """Notices that one transaction decides on, while no other one changes slots.

    `write` and `claim` count for what is decided next, and stand in the database after `flush`.
    """

    def __init__(self, connection: sa.Connection, due: Sequence[Any], now: float) -> None:
        self.connection, self.now = connection, now
        users, ids = sorted({row.user for row in due}), [row.id for row in due]
        self.users, self.people = users, sealed_people(connection, users)
        self._sent = slots.sent_to(connection, users, now)
        self._slots: Mapping[str, list[Any]] = defaultdict(list)
        for slot in connection.execute(_SLOTS, {"notices": ids}):
            self._slots[slot.notice].append(slot)
        arrived = {"users": users, "notices": [row.id for row in due if row.arrived_at is not None]}
        self._joined_to = frozenset(connection.execute(_JOINED_TO, arrived).scalars() if arrived["notices"] else ())
        self._decided, self._claims = list[dict[str, Any]](), slots.TakenSlots(now)

    def tried(self, notice: str) -> frozenset[Channel]:
        """Return the channels that took the notice, may have it, or never will."""
        return frozenset(Channel(slot.channel) for slot in self._slots.get(notice, ()) if slot.state in TRIED)

    def taken_at(self, notice: str) -> float | None:
        """Return when a channel took the notice last, None where none did."""
        taken = (slot.ended_at for slot in self._slots.get(notice, ()) if slot.state == "delivered")
        return max(taken, default=None)

    def has_others(self, notice: str) -> bool:
        """Return whether others went out with the notice when it was handed over."""
        return notice in self._joined_to

    def sent(self, row: Any, topic: str) -> list[SentNotice]:
        """Return what the user of a notice got lately, that notice apart; of others' topics it says nothing."""
        others = (each for notice, each in self._sent.get(row.user, {}).items() if notice != row.id)
        return [SentNotice(at, topic if name == row.topic else "") for at, name in others]

    def write(self, row: Any, changes: Mapping[str, Any]) -> None:
        """Have columns of a notice changed; those that decisions change and that are not named stay."""
        values = {f"new_{name}": getattr(row, name) for name in ("state", "code", "holds", "release_at", "arrived_at")}
        self._decided.append({"decided": row.id} | values | {f"new_{name}": value for name, value in changes.items()})

    def claim(self, row: Any, channel: Channel) -> int:
        """Take the slot of a notice and channel, and return the number of the attempt."""
        known = next((slot for slot in self._slots.get(row.id, ()) if slot.channel == channel.value), None)
        self._sent.setdefault(row.user, {}).setdefault(row.id, (self.now, row.topic))
        return self._claims.add(row, channel, known)

    def flush(self) -> None:
        """Write down what was decided since the last time; raise IntegrityError if a slot is taken."""
        if self._decided:
            self.connection.execute(_DECIDED, self._decided)
            self._decided = []
        self._claims.write(self.connection)
