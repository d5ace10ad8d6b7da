"""Notifier's tables: classes of columns, retention, export and erasure."""

from collections.abc import Iterator, Sequence

import msgspec
import sqlalchemy as sa

from contracts.modules.retention import Data, Record, TableRetention
from contracts.modules.sealing import Unreadable, UserSealer
from kit.sql.retention import classes_of, delete_of_user, delete_older, table_retention
from kit.times import iso, iso_if_known
from services.notifier.addresses.stored import SEALED
from services.notifier.mail_addresses.own_address import SEALED as ENTERED
from services.notifier.people import stored_person
from services.notifier.requests import LONGEST_S, said_of
from services.notifier.tables import ADDRESSES, CONFIRMATIONS, DELIVERIES, NOTICES, PEOPLE, SUPPRESSIONS

ENTERED_S, SUPPRESSED_S = 7 * 86_400.0, 2 * 365 * 86_400.0
STORED_S = LONGEST_S + 60 * 86_400.0
TIMES = ("created_at", "expires_at", "arrived_at", "read_at", "opened_at", "archived_at")


def notifier_retention(sealer: UserSealer) -> Sequence[TableRetention]:
    """Return every table, in the order in which rows may be erased."""
    return (
        table_retention(
            DELIVERIES,
            columns=classes_of(DELIVERIES, user=Data.USER, topic=Data.PSEUDONYM),
            rule="90 days after its last attempt",
            prune=delete_older(DELIVERIES.c.started_at, STORED_S),
            export=_deliveries,
            erase=delete_of_user(DELIVERIES),
        ),
        table_retention(
            ADDRESSES,
            columns=classes_of(ADDRESSES, user=Data.USER, hash=Data.SECRET, sealed=Data.SEALED),
            rule="until it ended, and without the address 90 days more",
            prune=delete_older(ADDRESSES.c.ended_at, STORED_S),
            export=lambda connection, user: _addresses(connection, sealer, user),
            erase=delete_of_user(ADDRESSES),
        ),
        table_retention(
            CONFIRMATIONS,
            columns=classes_of(CONFIRMATIONS, user=Data.USER, hash=Data.SECRET, sealed=Data.SEALED),
            rule="7 days",
            prune=delete_older(CONFIRMATIONS.c.created_at, ENTERED_S),
            export=lambda connection, user: _confirmations(connection, sealer, user),
            erase=delete_of_user(CONFIRMATIONS),
        ),
        table_retention(
            SUPPRESSIONS,
            columns=classes_of(SUPPRESSIONS, hash=Data.SECRET),
            rule="2 years, without anything that leads to a user",
            prune=delete_older(SUPPRESSIONS.c.added_at, SUPPRESSED_S),
            export=None,
            erase=None,
        ),
        table_retention(
            PEOPLE,
            columns=classes_of(PEOPLE, user=Data.USER, sealed=Data.SEALED),
            rule="until its user is erased",
            prune=None,
            export=lambda connection, user: _person(connection, sealer, user),
            erase=delete_of_user(PEOPLE),
        ),
        table_retention(
            NOTICES,
            columns=classes_of(NOTICES, user=Data.USER, topic=Data.PSEUDONYM, sealed=Data.SEALED),
            rule="90 days after it was requested",
            prune=delete_older(NOTICES.c.created_at, STORED_S),
            export=lambda connection, user: _notices(connection, sealer, user),
            erase=delete_of_user(NOTICES),
        ),
    )


def _deliveries(connection: sa.Connection, user: str) -> Iterator[Record]:
    mine = sa.select(DELIVERIES).where(DELIVERIES.c.user == user).order_by(DELIVERIES.c.started_at)
    for row in connection.execute(mine):
        yield {
            "notice": row.notice,
            "channel": row.channel,
            "state": row.state,
            "reason": row.reason,
            "attempts": row.attempts,
            "started_at": iso(row.started_at),
            "ended_at": iso_if_known(row.ended_at),
        }


def _addresses(connection: sa.Connection, sealer: UserSealer, user: str) -> Iterator[Record]:
    mine = sa.select(ADDRESSES).where(ADDRESSES.c.user == user).order_by(ADDRESSES.c.added_at)
    for row in connection.execute(mine):
        times = {"added_at": iso(row.added_at), "ended_at": iso_if_known(row.ended_at)}
        head: Record = {"id": row.id, "channel": row.channel, "reason": row.reason, **times}
        try:
            shown = None if row.sealed is None else SEALED.open(sealer, user, row.id, row.sealed).shown
        except Unreadable:  # as below
            yield head | {"readable": False}
            continue
        yield head | {"address": shown}


def _confirmations(connection: sa.Connection, sealer: UserSealer, user: str) -> Iterator[Record]:
    mine = sa.select(CONFIRMATIONS).where(CONFIRMATIONS.c.user == user).order_by(CONFIRMATIONS.c.created_at)
    for row in connection.execute(mine):
        head: Record = {"id": row.id, "state": row.state, "created_at": iso(row.created_at)}
        try:
            yield head | {"address": ENTERED.open(sealer, user, row.id, row.sealed)}
        except Unreadable:  # as above
            yield head | {"readable": False}


def _person(connection: sa.Connection, sealer: UserSealer, user: str) -> Iterator[Record]:
    if connection.execute(sa.select(PEOPLE.c.user).where(PEOPLE.c.user == user)).first() is None:
        return
    try:
        stored = stored_person(connection, sealer, user)
    except Unreadable:  # damaged, or of another home: the export says so and goes on
        yield {"readable": False}
        return
    agreed = [channel.value for channel, version in stored.agreed.items() if version]
    yield {
        "version": stored.version,
        "preferences": msgspec.json.encode(stored.preferences).decode(),
        "agreed": ", ".join(sorted(agreed)),
        "paused_until": iso(stored.paused_until) if stored.paused_until else None,
        "unsubscribed": ", ".join(stored.unsubscribed),
    }


def _notices(connection: sa.Connection, sealer: UserSealer, user: str) -> Iterator[Record]:
    for row in connection.execute(sa.select(NOTICES).where(NOTICES.c.user == user).order_by(NOTICES.c.created_at)):
        times = {name: iso_if_known(getattr(row, name)) for name in TIMES}
        head: Record = {"id": row.id, "state": row.state, "critical": row.critical, "code": row.code, **times}
        try:
            said = said_of(sealer, row)
        except Unreadable:  # damaged, or of another home: the export says so and goes on
            yield head | {"readable": False}
            continue
        yield head | {name: getattr(said, name) for name in said.__struct_fields__}
