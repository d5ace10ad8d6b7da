"""Publishes the signal log for analysis: under pseudonyms, without free text, only of users who agreed to it."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress

import msgspec
import sqlalchemy as sa

from contracts.modules.events import Event, Payload, TipActedV1, TipDismissedV1, TipOpenedV1, TipRatedV1, TipShownV1
from contracts.modules.sealing import Erased, Pseudonyms
from contracts.modules.signal_publication import USER_PSEUDONYM, SignalPartStore, SignalRow
from kit.times import unix_seconds
from services.events.envelope import Codec
from services.events.tables import SIGNALS

PART_ROWS, MINUTE_S = 10_000, 60
WORD = re.compile(r"[a-z][a-z0-9_-]{0,31}", re.ASCII)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}", re.ASCII)


def publish_signals(
    connection: sa.Connection, codec: Codec, names: Pseudonyms, parts: SignalPartStore, may: Callable[[str], bool]
) -> int:
    """Add parts of everything in the log that is new; how many rows were published.

    `may` says whether a user agreed; signals of those who did not, and of erased users, are passed over for good. The
    connection reads what is committed, and the log is written by one at a time, so no position comes late.
    """
    count, after = 0, parts.upto()
    query = sa.select(SIGNALS.c.position, SIGNALS.c.user, SIGNALS.c.body).order_by(SIGNALS.c.position).limit(PART_ROWS)
    while batch := connection.execute(query.where(SIGNALS.c.position > after)).all():
        agreed = {user: may(user) for user in {row.user for row in batch}}
        rows = list(_rows(codec, names, [row.body for row in batch if agreed[row.user]]))
        after = batch[-1].position
        parts.add(rows, after)
        count += len(rows)
    return count


def _rows(codec: Codec, names: Pseudonyms, bodies: list[bytes]) -> Iterator[SignalRow]:
    for body in bodies:
        with suppress(Erased):
            yield _row(codec.decode(body), names)


def _row(event: Event, names: Pseudonyms) -> SignalRow:
    user, said = event.user or "", event.data
    at = int(unix_seconds(event.time))
    decision = str(getattr(said, "decision", ""))
    row = SignalRow(
        type=event.type,
        at=at - at % MINUTE_S,
        user=names.pseudonym(user, USER_PSEUDONYM),
        decision=names.pseudonym(user, f"signals decision {decision}"),
    )
    return with_payload(row, said)


def with_payload(row: SignalRow, said: Payload) -> SignalRow:
    """Return the row with what may be published of a signal; raise ValueError for what is none."""
    match said:
        case TipShownV1():
            return msgspec.structs.replace(
                row, tip=_plain(said.tip, NAME), surface=_plain(said.surface, WORD), place=said.position
            )
        case TipDismissedV1():
            return msgspec.structs.replace(row, tip=_plain(said.tip, NAME), word=_plain(said.reason, WORD))
        case TipActedV1():
            return msgspec.structs.replace(row, tip=_plain(said.tip, NAME), word=_plain(said.action, WORD))
        case TipRatedV1():
            tip = _plain(said.tip, NAME)
            return msgspec.structs.replace(row, tip=tip, rating=said.rating, commented=bool(said.comment))
        case TipOpenedV1():
            return msgspec.structs.replace(row, tip=_plain(said.tip, NAME))
        case _:
            raise ValueError(f"{said.type} is no signal that can be published: say here what of it may be")


def _plain(text: str | None, form: re.Pattern[str]) -> str | None:
    """The text where it has the form of a word or name, else nothing: it may be somebody's own words."""
    return text if text is not None and form.fullmatch(text) else None
