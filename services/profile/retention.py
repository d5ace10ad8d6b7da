"""Profile's tables: classes of columns, retention, export and erasure."""

from collections.abc import Callable, Iterator, Sequence

import msgspec
import sqlalchemy as sa

from contracts.modules.retention import Data, Record, TableRetention
from contracts.modules.sealing import Sealer, Unreadable
from kit.sql.retention import delete_of_user, table_retention
from kit.times import iso
from services.profile.profiles import read
from services.profile.tables import CONSENTS, ERASURES, PROFILES, RECEIPTS

PROOF_S = 3 * 365 * 86_400.0
"""How long a proof without a person stays: consents after their user's erasure, erasures after their end."""
PLAIN, USER, SEALED, SECRET = Data.PLAIN, Data.USER, Data.SEALED, Data.SECRET


class ProfileRetention:
    """Implements contracts.modules.retention.RetentionPolicy; `clock` gives Unix seconds."""

    name = "profile"

    def __init__(self, sealer: Sealer, clock: Callable[[], float]) -> None:
        self._sealer, self._clock = sealer, clock

    def tables(self) -> Sequence[TableRetention]:
        """Return every table, in the order in which rows may be erased: what refers to others goes first."""
        return _tables(self._sealer, self._clock)


def _tables(sealer: Sealer, clock: Callable[[], float]) -> Sequence[TableRetention]:
    return (
        table_retention(
            PROFILES,
            columns={"user": USER, "version": PLAIN, "sealed": SEALED, "updated_at": PLAIN, "announced": PLAIN},
            rule="until its user is erased; 50 time zones at most",
            prune=None,
            export=lambda connection, user: _profile(connection, sealer, user),
            erase=delete_of_user(PROFILES),
        ),
        table_retention(
            CONSENTS,
            columns=dict.fromkeys(CONSENTS.c.keys(), PLAIN)
            | {"user": USER, "pseudonym": SECRET, "text_hash": SECRET, "previous": SECRET, "hash": SECRET},
            rule="while its user is there, then 3 years as a proof that names nobody",
            prune=_prune_consents,
            export=_consents,
            erase=lambda connection, user: _forget_consents(connection, user, clock()),
        ),
        table_retention(
            RECEIPTS,
            columns=dict.fromkeys(RECEIPTS.c.keys(), PLAIN),
            rule="as long as its erasure",
            prune=None,
            export=None,
            erase=None,
        ),
        table_retention(
            ERASURES,
            columns=dict.fromkeys(ERASURES.c.keys(), PLAIN) | {"user": USER, "pseudonym": SECRET},
            rule="3 years after its end; it names its user until then only",
            prune=_prune_erasures,
            export=_erasures,
            erase=_forget_erasures,
        ),
    )


def _profile(connection: sa.Connection, sealer: Sealer, user: str) -> Iterator[Record]:
    try:
        stored = read(connection, sealer, user)
    except Unreadable:  # damaged, or of another home: the export says so and goes on
        yield {"readable": False}
        return
    if stored.version:
        said = msgspec.json.encode(stored.profile.preferences).decode()
        yield {
            "version": stored.version,
            "name": stored.profile.name,
            "locale": stored.profile.locale,
            "preferences": said,
            "zones": msgspec.json.encode(stored.zones).decode(),
            "updated_at": stored.updated_at,
        }


def _consents(connection: sa.Connection, user: str) -> Iterator[Record]:
    for row in connection.execute(sa.select(CONSENTS).where(CONSENTS.c.user == user).order_by(CONSENTS.c.number)):
        yield {
            "number": row.number,
            "purpose": row.purpose,
            "given": row.given,
            "version": row.version,
            "text_sha256": row.text_hash,
            "channel": row.channel,
            "at": iso(row.at),
        }


def _forget_consents(connection: sa.Connection, user: str, now: float) -> int:
    forgotten = CONSENTS.update().where(CONSENTS.c.user == user).values(user=None, erased_at=now)
    return connection.execute(forgotten).rowcount


def _prune_consents(connection: sa.Connection, now: float) -> int:
    return connection.execute(CONSENTS.delete().where(CONSENTS.c.erased_at < now - PROOF_S)).rowcount


def _erasures(connection: sa.Connection, user: str) -> Iterator[Record]:
    for row in connection.execute(sa.select(ERASURES).where(ERASURES.c.user == user)):
        yield {"id": row.id, "by": row.by, "requested_at": iso(row.requested_at)}


def _forget_erasures(connection: sa.Connection, user: str) -> int:
    """None while it is under way: it ends by knowing whose key to destroy."""
    over = ERASURES.update().where(ERASURES.c.user == user, ERASURES.c.done_at.is_not(None)).values(user=None)
    return connection.execute(over).rowcount


def _prune_erasures(connection: sa.Connection, now: float) -> int:
    old = sa.select(ERASURES.c.id).where(ERASURES.c.done_at < now - PROOF_S)
    connection.execute(RECEIPTS.delete().where(RECEIPTS.c.erasure.in_(old)))
    return connection.execute(ERASURES.delete().where(ERASURES.c.done_at < now - PROOF_S)).rowcount
