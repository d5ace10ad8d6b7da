"""The recommender's tables: classes of columns, retention, export and erasure."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial

import msgspec
import sqlalchemy as sa

from contracts.modules.retention import Data, Record, TableRetention
from contracts.modules.sealing import Erased, Sealer, Unreadable, UserSealer
from contracts.storage import Storage
from kit.sql.retention import PRUNED_AT_ONCE, classes_of, delete_of_user, delete_older, table_retention
from kit.sql.sessions import take_lock
from kit.times import iso, iso_if_known, iso_of_milliseconds
from services.recommender.drawing.decisions import SEALED
from services.recommender.feedback import value_of
from services.recommender.learning.states import unlearn
from services.recommender.people import reader_of
from services.recommender.store import LOCK
from services.recommender.tables import (
    COUNTS,
    DECISIONS,
    FEEDBACK,
    LEAVINGS,
    PAUSES,
    PEOPLE,
    PROMOTIONS,
    SERVED,
    STATES,
    TEXTS,
)
from services.recommender.writing.ahead import SEALED as SEALED_TEXT
from services.recommender.writing.ahead import journal_folder

STORED_S = 365 * 86_400.0
"""How long a decision, its tips and its feedback stay; a tip that was dismissed may come again after it."""
TEXTS_STORED_S = 30 * 86_400.0


def recommender_retention(sealer: UserSealer, storage: Storage) -> Sequence[TableRetention]:
    """Return every table, in the order in which rows may be erased."""
    return (
        table_retention(
            SERVED,
            columns=classes_of(SERVED, user=Data.USER),
            rule="a year",
            prune=_prune_served,
            export=_served,
            erase=_erase_served,
        ),
        table_retention(
            FEEDBACK,
            columns=classes_of(FEEDBACK, user=Data.USER, sealed=Data.SEALED),
            rule="a year",
            prune=delete_older(FEEDBACK.c.at, STORED_S),
            export=lambda connection, user: _feedback(connection, sealer, user),
            erase=delete_of_user(FEEDBACK),
        ),
        table_retention(
            DECISIONS,
            columns=classes_of(DECISIONS, user=Data.USER, sealed=Data.SEALED),
            rule="a year",
            prune=delete_older(DECISIONS.c.made_at, STORED_S),
            export=lambda connection, user: _decisions(connection, sealer, user),
            erase=delete_of_user(DECISIONS),
        ),
        table_retention(
            PEOPLE,
            columns=classes_of(PEOPLE, user=Data.USER, sealed=Data.SEALED),
            rule="until its user is erased",
            prune=None,
            export=lambda connection, user: _reader(connection, sealer, user),
            erase=delete_of_user(PEOPLE),
        ),
        table_retention(
            LEAVINGS,
            columns=classes_of(LEAVINGS, user=Data.USER),
            rule="a year",
            prune=delete_older(LEAVINGS.c.at, STORED_S),
            export=_leavings,
            erase=delete_of_user(LEAVINGS),
        ),
        table_retention(
            TEXTS,
            columns=classes_of(TEXTS, user=Data.USER, context=Data.PSEUDONYM, sealed=Data.SEALED),
            rule="30 days; a served one stays in its decision",
            prune=delete_older(TEXTS.c.made_at, TEXTS_STORED_S),
            export=lambda connection, user: _texts(connection, sealer, user),
            erase=lambda connection, user: _erase_texts(connection, sealer, storage, user),
        ),
        *(_learnt(table) for table in (COUNTS, STATES)),
        _on_record(PROMOTIONS, "for good, without the admin who is erased"),
        _on_record(PAUSES, "until it is resumed, without the admin who is erased"),
    )


def _learnt(table: sa.Table) -> TableRetention:
    return table_retention(
        table,
        columns=classes_of(table),
        rule="counts of the tips that are stored, without them once they are pruned or erased",
        prune=None,
        export=None,
        erase=None,
    )


def _on_record(table: sa.Table, rule: str) -> TableRetention:
    return table_retention(
        table,
        columns=classes_of(table, by=Data.USER),
        rule=rule,
        prune=None,
        export=partial(_decided, table),
        erase=partial(_forget_admin, table),
    )


def _prune_served(connection: sa.Connection, now: float) -> int:
    """Delete some of what is past its time, the oldest first, and take it out of what was learnt."""
    take_lock(connection, LOCK)
    key = (SERVED.c.decision, SERVED.c.place)
    oldest = sa.select(*key).where(SERVED.c.served_at < now - STORED_S).order_by(SERVED.c.served_at, *key)
    chosen = sa.tuple_(*key).in_(oldest.limit(PRUNED_AT_ONCE))
    unlearn(connection, chosen)
    return connection.execute(SERVED.delete().where(chosen)).rowcount


def _erase_served(connection: sa.Connection, user: str) -> int:
    """Delete a user's tips, and take them out of what was learnt: it is as if they had never been served."""
    take_lock(connection, LOCK)
    unlearn(connection, SERVED.c.user == user)
    return connection.execute(SERVED.delete().where(SERVED.c.user == user)).rowcount


def _erase_texts(connection: sa.Connection, sealer: UserSealer, storage: Storage, user: str) -> int:
    """Delete what was written for a user, and a journal that a killed process left, which nobody can read any more."""
    with suppress(Erased):
        storage.blobs.discard(journal_folder(sealer, user))
    return connection.execute(TEXTS.delete().where(TEXTS.c.user == user)).rowcount


def _texts(connection: sa.Connection, sealer: Sealer, user: str) -> Iterator[Record]:
    for row in connection.execute(sa.select(TEXTS).where(TEXTS.c.user == user).order_by(TEXTS.c.made_at, TEXTS.c.id)):
        said: Record = {
            "id": row.id,
            "cell": row.arm,
            "area": row.area,
            "made_at": iso(row.made_at),
            "served_at": iso_if_known(row.served_at),
            "fault": row.fault,
        }
        try:
            yield said | {"text": SEALED_TEXT.open(sealer, user, row.id, row.sealed)}
        except Unreadable:
            yield said | {"readable": False}


def _leavings(connection: sa.Connection, user: str) -> Iterator[Record]:
    chosen = sa.select(LEAVINGS.c.at).where(LEAVINGS.c.user == user).order_by(LEAVINGS.c.at)
    for at in connection.execute(chosen).scalars():
        yield {"unsubscribed_at": iso(at)}


def _forget_admin(table: sa.Table, connection: sa.Connection, user: str) -> int:
    """Leave an admin's decisions in force without who made them."""
    return connection.execute(table.update().where(table.c.by == user).values(by="")).rowcount


def _decided(table: sa.Table, connection: sa.Connection, user: str) -> Iterator[Record]:
    for row in connection.execute(sa.select(table).where(table.c.by == user).order_by(table.c.at)):
        yield {"decided": table.name, "kind": row.kind, "at": iso(row.at), "reason": row.reason}


def _feedback(connection: sa.Connection, sealer: Sealer, user: str) -> Iterator[Record]:
    for row in connection.execute(sa.select(FEEDBACK).where(FEEDBACK.c.user == user).order_by(FEEDBACK.c.at)):
        said: Record = {"id": row.id, "decision": row.decision, "tip": row.tip, "event": row.event, "at": iso(row.at)}
        try:
            yield said | {"value": value_of(sealer, row)}
        except Unreadable:  # damaged, or of another home: the export says so and goes on
            yield said | {"readable": False}


def _served(connection: sa.Connection, user: str) -> Iterator[Record]:
    chosen = sa.select(SERVED).where(SERVED.c.user == user).order_by(SERVED.c.served_at, SERVED.c.place)
    for row in connection.execute(chosen):
        yield {
            "decision": row.decision,
            "place": row.place,
            "tip": row.tip,
            "cell": row.arm,
            "area": row.area,
            "propensity": row.propensity,
            "served_at": iso(row.served_at),
            "ended_at": iso_if_known(row.ended_at),
            "shown_at": iso_of_milliseconds(row.shown_at),
            "acted_at": iso_of_milliseconds(row.acted_at),
            "hides": row.hides,
            "source": row.source,
        }


def _decisions(connection: sa.Connection, sealer: Sealer, user: str) -> Iterator[Record]:
    chosen = sa.select(DECISIONS).where(DECISIONS.c.user == user).order_by(DECISIONS.c.made_at)
    for row in connection.execute(chosen):
        said: Record = {
            "id": row.id,
            "made_at": iso(row.made_at),
            "surface": row.surface,
            "area": row.area,
            "hour_band": row.hour_band,
            "weekday": row.weekday,
            "locale": row.locale,
            "policy": row.policy,
            "policy_hash": row.policy_hash,
            "probabilities": msgspec.json.encode(row.arms).decode(),
            "left_out": msgspec.json.encode(row.left_out).decode(),
        }
        try:
            sealed = SEALED.open(sealer, user, row.id, row.sealed)
        except Unreadable:
            yield said | {"readable": False}
            continue
        texts = msgspec.json.encode(sealed.texts).decode()
        yield said | {"context": msgspec.json.encode(sealed.context).decode(), "texts": texts}


def _reader(connection: sa.Connection, sealer: Sealer, user: str) -> Iterator[Record]:
    try:
        reader = reader_of(connection, sealer, user)
    except Unreadable:
        yield {"readable": False}
        return
    if reader.version or reader.consents:
        yield {
            "preferences": msgspec.json.encode(reader.preferences).decode(),
            "consents": msgspec.json.encode(reader.consents).decode(),
        }
