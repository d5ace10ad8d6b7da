"""What counts of each user when a notice is to be sent: a sealed row, brought up to date by events alone."""

from collections.abc import Callable, Mapping, Sequence

import msgspec
import sqlalchemy as sa

from contracts.modules.database import Transaction
from contracts.modules.events import ConsentChangedV1, Event, Payload, PreferencesChangedV1
from contracts.modules.profile import TEXTS, Channel, Preferences, Purpose
from contracts.modules.sealing import Sealer
from kit.sealed import SealedColumn
from kit.sql.sessions import connection_of
from services.notifier.tables import NOTICES, PEOPLE
from services.notifier.timing.decision import Recipient


class StoredPerson(msgspec.Struct, frozen=True):
    """The content of the sealed column; `version` is that of the profile, `agreed` the texts' versions by channel.

    `unsubscribed` are the topics whose mail the user ended by a link.
    """

    version: int = 0
    preferences: Preferences = Preferences()
    agreed: dict[Channel, int] = {}
    paused_until: float = 0.0
    unsubscribed: tuple[str, ...] = ()


STORED = SealedColumn("notifier_people ", StoredPerson)
_SEALED = sa.select(PEOPLE).where(PEOPLE.c.user.in_(sa.bindparam("users", expanding=True)))


class PeopleUpdates:
    """Implements contracts.modules.events.Consumer: notices that wait for the user are decided on anew."""

    name, replayable = "notifier-people", True
    takes: Sequence[type[Payload]] = (PreferencesChangedV1, ConsentChangedV1)

    def __init__(self, sealer: Sealer, clock: Callable[[], float]) -> None:
        self._sealer, self._clock = sealer, clock

    def handle(self, transaction: Transaction, event: Event) -> None:
        """Store what the event says; an older version of the preferences changes nothing."""
        connection, data = connection_of(transaction), event.data
        if event.user is None:
            return

        def changed(stored: StoredPerson) -> StoredPerson:
            if isinstance(data, PreferencesChangedV1) and data.version > stored.version:
                return msgspec.structs.replace(stored, version=data.version, preferences=data.preferences)
            if isinstance(data, ConsentChangedV1) and data.purpose in set(Channel):
                agreed = {**stored.agreed, Channel(data.purpose): data.version if data.given else 0}
                return msgspec.structs.replace(stored, agreed=agreed)
            return stored

        change_person(connection, self._sealer, event.user, changed, self._clock())


def person_of(stored: StoredPerson) -> Recipient:
    """Return what a decision needs; a yes counts for the text in force alone."""
    agreed = frozenset(
        channel for channel, version in stored.agreed.items() if version == TEXTS[Purpose(channel)].version
    )
    return Recipient(
        preferences=stored.preferences,
        agreed=agreed,
        paused_until=stored.paused_until,
        unsubscribed=frozenset(stored.unsubscribed),
    )


def stored_person(connection: sa.Connection, sealer: Sealer, user: str) -> StoredPerson:
    """Return what is stored of a user, nothing chosen and agreed to without a row; raise Erased, Unreadable."""
    return opened_person(sealer, user, sealed_people(connection, [user]).get(user))


def sealed_people(connection: sa.Connection, users: Sequence[str]) -> Mapping[str, bytes]:
    """Return what is stored of users, in one query, without those who have no row."""
    return {row.user: row.sealed for row in connection.execute(_SEALED, {"users": users})}


def opened_person(sealer: Sealer, user: str, sealed: bytes | None) -> StoredPerson:
    """Return what is in the row of a user, None for no row; raise Erased, Unreadable."""
    return StoredPerson() if sealed is None else STORED.open(sealer, user, user, sealed)


def change_person(
    connection: sa.Connection, sealer: Sealer, user: str, change: Callable[[StoredPerson], StoredPerson], now: float
) -> StoredPerson:
    """Store what `change` makes of what is stored and return it; what waits for the user is looked at again at `now`.

    It is called anew where another transaction changed the row meanwhile, so that no change is lost: events and links
    come at the same moment. Raise Erased, and what `change` raises.
    """
    mine = PEOPLE.c.user == user
    while True:
        sealed = connection.execute(sa.select(PEOPLE.c.sealed).where(mine)).scalar()
        stored = opened_person(sealer, user, sealed)
        changed = change(stored)
        if changed == stored:
            return stored
        resealed = STORED.seal(sealer, user, user, changed)
        if sealed is None:
            written = _added(connection, user, resealed)
        else:
            same = PEOPLE.update().where(mine, PEOPLE.c.sealed == sealed).values(sealed=resealed)
            written = connection.execute(same).rowcount > 0
        if written:
            waiting = sa.and_(NOTICES.c.user == user, NOTICES.c.state == "waiting", NOTICES.c.code != "later")
            connection.execute(NOTICES.update().where(waiting).values(release_at=now))
            return changed


def _added(connection: sa.Connection, user: str, sealed: bytes) -> bool:
    """Add the row; return whether there was none, as may be found only when another transaction ends."""
    try:
        with connection.begin_nested():
            connection.execute(PEOPLE.insert().values(user=user, sealed=sealed))
    except sa.exc.IntegrityError:
        return False
    return True
