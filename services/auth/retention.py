"""What auth stores about users, and for how long: each table's columns, retention, export and erasure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import sqlalchemy as sa

from contracts.access.caller import Role
from contracts.modules.retention import Data, Record, TableRetention
from kit.sql.retention import delete_some, table_retention
from kit.times import iso
from services.auth.module import AuthModule
from services.auth.oidc_client.identities import Identities
from services.auth.sessions.credentials import RETENTION_S, TABLES, Via, forget
from services.auth.tables import ATTEMPTS, GRANTS, IDENTITIES, LINKS, REFRESH, SESSIONS, TOKENS, USERS
from services.auth.users import check_erasable, find_user

DAY_S = 86_400.0
COLUMNS: Mapping[sa.Table, Mapping[str, Data]] = {
    ATTEMPTS: {"secret_hash": Data.SECRET},
    REFRESH: {"hash": Data.SECRET, "successor": Data.SECRET, "answer": Data.SECRET},
    TOKENS: {"user": Data.USER},
    GRANTS: {"user": Data.USER, "code_hash": Data.SECRET, "challenge": Data.SECRET},
    SESSIONS: {"user": Data.USER, "secret_hash": Data.SECRET},
    LINKS: {"user": Data.USER, "made_by": Data.USER, "secret_hash": Data.SECRET},
    IDENTITIES: {"user": Data.USER, "id": Data.SECRET, "sealed": Data.SEALED, "grant": Data.SEALED},
    USERS: {"id": Data.USER},
}
"""In the order of erasing, since rows point downwards; columns that are not named are PLAIN, and a new one is classed
in `PLAIN` or here."""
PLAIN = {
    "auth_attempts": "id provider next link credential created_at expires_at spent_at",
    "auth_refresh": "grant created_at expires_at used_at",
    "auth_tokens": "id created_at expires_at revoked_at grant",
    "auth_grants": "id client redirect created_at spent_at ends_at revoked_at",
    "auth_sessions": "id created_at expires_at ends_at revoked_at",
    "auth_links": "id role judge created_at expires_at spent_at",
    "auth_identities": "created_at used_at",
    "auth_users": "role judge service created_at last_seen_at",
}
"""By table. A judge id is a name in the benchmark's records, chosen by the admin who invites."""
RULES = {
    "auth_attempts": "until its ten minutes are over",
    "auth_refresh": "until a day after it expired",
    "auth_tokens": "until 90 days after it expired, a native client's until a day after",
    "auth_grants": "until 90 days after its end",
    "auth_sessions": "until 90 days after it expired",
    "auth_links": "until 90 days after it expired",
    "auth_identities": "as long as its user",
    "auth_users": "until the user is erased",
}


class AuthRetention:
    """Implements contracts.modules.retention.RetentionPolicy; erasing the last admin raises Conflict."""

    name = "auth"

    def __init__(self, auth: AuthModule, identities: Identities) -> None:
        self._auth, self._identities = auth, identities

    def tables(self) -> Sequence[TableRetention]:
        """Return every table, in the order in which rows may be erased."""
        return [self._retention(table, named) for table, named in COLUMNS.items()]

    def _retention(self, table: sa.Table, named: Mapping[str, Data]) -> TableRetention:
        columns = {**dict.fromkeys(PLAIN[table.name].split(), Data.PLAIN), **named}
        whose = table is REFRESH or Data.USER in columns.values()
        return table_retention(
            table,
            columns=columns,
            rule=RULES[table.name],
            prune=_PRUNES.get(table),
            export=partial(self._export, table, columns) if whose else None,
            erase=partial(self._erase, table) if whose else None,
        )

    def _export(
        self, table: sa.Table, columns: Mapping[str, Data], connection: sa.Connection, user: str
    ) -> Iterator[Record]:
        shown = [name for name, data in columns.items() if data is Data.PLAIN]
        for row in connection.execute(sa.select(table).where(_of(table, user))).mappings():
            record: Record = {name: _shown(name, row[name]) for name in shown}
            if table is IDENTITIES:
                issuer, subject = self._identities.opened(row)
                record |= {"issuer": issuer, "subject": subject}
            yield record

    def _erase(self, table: sa.Table, connection: sa.Connection, user: str) -> int:
        row = find_user(connection, user)
        if row is not None:
            check_erasable(connection, row)
        for via, credentials in TABLES.items():
            if table is credentials:
                self._end(via, connection, user)
        return connection.execute(table.delete().where(_of(table, user))).rowcount

    def _end(self, via: Via, connection: sa.Connection, user: str) -> None:
        """Tell of those that still count; a deleted one counts no more than a revoked one."""
        table, now = TABLES[via], self._auth.revocation_events.clock()
        live = sa.select(table.c.id).where(table.c.user == user, table.c.revoked_at.is_(None), table.c.expires_at > now)
        for credential in connection.execute(live).scalars().all():
            self._auth.revocation_events.publish(connection, user, credential, "erased")
        self._auth.forget()


def _of(table: sa.Table, user: str) -> sa.ColumnElement[bool]:
    if table is USERS:
        return USERS.c.id == user
    if table is REFRESH:
        return REFRESH.c.grant.in_(sa.select(GRANTS.c.id).where(GRANTS.c.user == user))
    if table is LINKS:
        return sa.or_(LINKS.c.user == user, LINKS.c.made_by == user)
    mine: sa.ColumnElement[bool] = table.c.user == user
    return mine


def _shown(name: str, value: str | float | bool | None) -> str | int | float | bool | None:
    if name.endswith("_at") and isinstance(value, float):
        return iso(value)
    return Role(int(value)).name if name == "role" and value is not None else value


def _prune_tokens(connection: sa.Connection, now: float) -> int:
    theirs = (TOKENS.c.grant.is_not(None), TOKENS.c.expires_at < now - DAY_S)
    return forget(connection, TOKENS, now) + delete_some(connection, TOKENS, *theirs)


def _prune_grants(connection: sa.Connection, now: float) -> int:
    held = sa.select(REFRESH.c.grant).where(REFRESH.c.grant == GRANTS.c.id).exists()
    return connection.execute(GRANTS.delete().where(GRANTS.c.ends_at < now - RETENTION_S, ~held)).rowcount


_PRUNES: Mapping[sa.Table, Callable[[sa.Connection, float], int]] = {
    ATTEMPTS: lambda connection, now: forget(connection, ATTEMPTS, now, 0),
    REFRESH: lambda connection, now: forget(connection, REFRESH, now, DAY_S),
    TOKENS: _prune_tokens,
    GRANTS: _prune_grants,
    SESSIONS: lambda connection, now: forget(connection, SESSIONS, now),
    LINKS: lambda connection, now: forget(connection, LINKS, now),
}
