"""The log of consents: one row per decision, chained per user by hashes, so that tampering shows."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.modules.profile import TEXTS, Consent, Purpose
from contracts.refusals import Conflict, Refusal
from kit.times import iso
from services.profile.tables import CONSENTS, ERASURES

FIRST = "0" * 64
"""What the first row of a chain follows."""
MOST_A_DAY = 50
"""A yes beyond it waits: the log of one user cannot be made to grow without end. A withdrawal is never refused."""
DAY_S = 86_400.0
CHAINED = ("pseudonym", "number", "purpose", "given", "version", "text_hash", "channel", "at", "previous")


_MINE = CONSENTS.c.user == sa.bindparam("user")
_LAST = sa.select(CONSENTS).where(
    _MINE, CONSENTS.c.number.in_(sa.select(sa.func.max(CONSENTS.c.number)).where(_MINE).group_by(CONSENTS.c.purpose))
)
_WORD = (
    sa.select(
        CONSENTS.c.given,
        CONSENTS.c.version,
        sa.select(ERASURES.c.id).where(ERASURES.c.user == sa.bindparam("user")).exists().label("being_erased"),
    )
    .where(_MINE, CONSENTS.c.purpose == sa.bindparam("purpose"))
    .order_by(CONSENTS.c.number.desc())
    .limit(1)
)
"""Built once: they are asked with every screen and before every use."""


class TooOften(Refusal):
    """More decisions in a day than the limit."""

    code = "RATE_LIMITED"


class Broken(ValueError):
    """A chain of consents whose rows from `number` on do not follow from those before."""


def pseudonym(key: bytes, user: str) -> str:
    """Return the pseudonym of a user: the same each time, and meaningless without `key`."""
    return hmac.new(key, b"profile user " + user.encode(), hashlib.sha256).hexdigest()


def decide(
    connection: sa.Connection, key: bytes, user: str, purpose: Purpose, *, given: bool, channel: str, now: float
) -> bool:
    """Add a decision on the text in force; return whether it differs from the last one.

    Raise TooOften for a consent beyond the daily limit.
    """
    if last := last_decisions(connection, user).get(purpose):
        same = (last.given, last.version) == (given, TEXTS[purpose].version)
        if same or not (given or last.given):
            return False
    elif not given:
        return False
    if given and _since(connection, user, now - DAY_S) >= MOST_A_DAY:
        raise TooOften(f"{MOST_A_DAY} decisions in a day are enough: agree again tomorrow", ("given",))
    text = TEXTS[purpose]
    name = pseudonym(key, user)
    end = connection.execute(
        sa.select(CONSENTS.c.number, CONSENTS.c.hash)
        .where(CONSENTS.c.pseudonym == name)
        .order_by(CONSENTS.c.number.desc())
        .limit(1)
    ).first()
    row: dict[str, Any] = {
        "pseudonym": name,
        "number": 1 if end is None else end.number + 1,
        "purpose": purpose.value,
        "given": given,
        "version": text.version,
        "text_hash": hashlib.sha256(text.text.encode()).hexdigest(),
        "channel": channel,
        "at": now,
        "previous": FIRST if end is None else end.hash,
    }
    connection.execute(CONSENTS.insert().values(row | {"user": user, "hash": _hash(key, row), "announced": True}))
    return True


def shown(version: int | None, purpose: Purpose) -> None:
    """Raise Conflict unless `version` is that of the text in force."""
    if version != TEXTS[purpose].version:
        raise Conflict(f"the text for {purpose} is version {TEXTS[purpose].version}: show it, then ask", ("version",))


def standing(connection: sa.Connection, user: str) -> list[Consent]:
    """Return each purpose with the text in force and the user's last decision."""
    last = last_decisions(connection, user)
    found = []
    for purpose, text in TEXTS.items():
        row = last.get(purpose)
        decided = {} if row is None else {"at": iso(row.at), "decided_version": row.version}
        given = row is not None and row.given and row.version == text.version
        found.append(Consent(purpose=purpose, given=given, version=text.version, text=text.text, **decided))
    return found


def last_decisions(connection: sa.Connection, user: str) -> dict[Purpose, Any]:
    """Return the row of the user's last decision on each purpose that they decided on."""
    return {Purpose(row.purpose): row for row in connection.execute(_LAST, {"user": user})}


def allowed(connection: sa.Connection, user: str, purpose: Purpose) -> bool:
    """Return whether the last decision on the text in force was yes; false once erasure was requested."""
    row = connection.execute(_WORD, {"user": user, "purpose": purpose.value}).first()
    return row is not None and row.given and row.version == TEXTS[purpose].version and not row.being_erased


def verify(connection: sa.Connection, key: bytes, name: str) -> int:
    """Return the number of rows in a pseudonym's chain; raise Broken at the first that does not follow."""
    rows: Sequence[Any] = (
        connection.execute(sa.select(CONSENTS).where(CONSENTS.c.pseudonym == name).order_by(CONSENTS.c.number))
        .mappings()
        .all()
    )
    previous = FIRST
    for number, row in enumerate(rows, 1):
        chained = {column: row[column] for column in CHAINED}
        whole = (row["number"], row["previous"]) == (number, previous)
        if not whole or not hmac.compare_digest(row["hash"], _hash(key, chained)):
            raise Broken(f"the log of consents {name[:12]} is not as it was written from row {number} on")
        previous = row["hash"]
    return len(rows)


def _since(connection: sa.Connection, user: str, moment: float) -> int:
    query = sa.select(sa.func.count()).where(CONSENTS.c.user == user, CONSENTS.c.at > moment)
    return int(connection.execute(query).scalar_one())


def _hash(key: bytes, row: dict[str, Any]) -> str:
    said = [row[column] for column in CHAINED]
    return hmac.new(key, b"profile consent " + msgspec.json.encode(said), hashlib.sha256).hexdigest()
