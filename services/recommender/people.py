"""What counts of each user when tips are drawn: a sealed row, brought up to date by events alone."""

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from contracts.modules.database import Transaction
from contracts.modules.events import (
    ConsentChangedV1,
    Event,
    Payload,
    PreferencesChangedV1,
    TopicsUnsubscribedV1,
)
from contracts.modules.profile import TEXTS, Channel, Preferences, Purpose
from contracts.modules.sealing import Sealer
from kit.sealed import SealedColumn
from kit.sql.sessions import connection_of
from kit.sql.upserts import put_row
from kit.times import unix_seconds
from services.recommender.tables import LEAVINGS, PEOPLE


class TipReader(msgspec.Struct, frozen=True):
    """The content of the sealed column; `version` is that of the profile, `consents` the texts' versions by purpose."""

    version: int = 0
    preferences: Preferences = Preferences()
    consents: dict[str, int] = {}

    def agrees(self, purpose: Purpose) -> bool:
        """Return whether the last word on the text in force was yes."""
        return self.consents.get(purpose.value) == TEXTS[purpose].version


DAY_S = 86_400.0
READERS = SealedColumn("recommender_people ", TipReader)
_SEALED = sa.select(PEOPLE.c.sealed).where(PEOPLE.c.user == sa.bindparam("whose"))


class ReaderUpdates:
    """Implements contracts.modules.events.Consumer; nothing else writes the rows, and a user's events come in turn."""

    name, replayable = "recommender-people", True
    takes: Sequence[type[Payload]] = (PreferencesChangedV1, ConsentChangedV1, TopicsUnsubscribedV1)

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def handle(self, transaction: Transaction, event: Event) -> None:
        """Store what the event says, and when the user left; an older version of the preferences changes nothing."""
        connection, user = connection_of(transaction), event.user
        if user is None:
            return
        before = stored = reader_of(connection, self._sealer, user)
        match event.data:
            case PreferencesChangedV1(version=version, preferences=preferences) if version > stored.version:
                stored = msgspec.structs.replace(stored, version=version, preferences=preferences)
            case ConsentChangedV1(purpose=purpose, given=given, version=version):
                consents = {**stored.consents, purpose: version if given else 0}
                stored = msgspec.structs.replace(stored, consents=consents)
            case TopicsUnsubscribedV1():
                _note_leaving(connection, user, event)
                return
            case _:
                return
        if _leaves(before, stored):
            _note_leaving(connection, user, event)
        put_row(connection, PEOPLE, {"user": user, "sealed": READERS.seal(self._sealer, user, user, stored)})


def left_within_a_day(user: sa.ColumnElement[str], made_at: sa.ColumnElement[float]) -> sa.Exists:
    """Return the condition that a user unsubscribed at most a day after a decision for them."""
    leaves = (LEAVINGS.c.user == user, LEAVINGS.c.at >= made_at, LEAVINGS.c.at <= made_at + DAY_S)
    return sa.select(LEAVINGS.c.at).where(*leaves).exists()


def _leaves(before: TipReader, after: TipReader) -> bool:
    """Whether a user is reached by less: a channel without its consent, or a channel or a topic left out."""
    agreed, agrees = ({each for each in Channel if reader.consents.get(each)} for reader in (before, after))
    channels = set(before.preferences.channels) - set(after.preferences.channels)
    muted = set(after.preferences.muted) - set(before.preferences.muted)
    return bool(agreed - agrees or channels or muted)


def _note_leaving(connection: sa.Connection, user: str, event: Event) -> None:
    """Store when they left, which is when the event was published, however late it comes and how often."""
    put_row(connection, LEAVINGS, {"user": user, "at": unix_seconds(event.time)})


def reader_of(connection: sa.Connection, sealer: Sealer, user: str) -> TipReader:
    """Return what is stored of a user, nothing chosen and agreed to without a row; raise Erased, Unreadable."""
    return reader_in(sealer, user, connection.execute(_SEALED, {"whose": user}).scalar())


def reader_in(sealer: Sealer, user: str, sealed: bytes | None) -> TipReader:
    """Return what a user's row holds, nothing chosen and agreed to for no row; raise Erased, Unreadable."""
    return TipReader() if sealed is None else READERS.open(sealer, user, user, sealed)
