"""Sessions and issued tokens: look-up, expiry, revocation and deletion."""

from typing import Any, Literal

import sqlalchemy as sa

from contracts.access.auth import CredentialView
from contracts.access.caller import Caller, Role
from contracts.refusals import NotFound, Refusal
from kit.sql.retention import delete_some
from kit.times import iso, iso_if_known
from services.auth.sessions.revocation_events import RevocationEvents
from services.auth.tables import GRANTS, LINKS, REFRESH, SESSIONS, TOKENS, USERS

Via = Literal["session", "token"]
TABLES: dict[Via, sa.Table] = {"session": SESSIONS, "token": TOKENS}
SEEN_EVERY_S = 60.0
"""A session slides, and a user is marked as seen, at most this often: a write a minute, not one a request."""
LISTED = 1000
DAY_S = 24 * 3600.0
RETENTION_S = 90 * DAY_S
MOST_SESSIONS = 200
"""Sessions that a user may begin in a day; each leaves a row until 90 days after its end."""


def find_caller(connection: sa.Connection, via: Via, condition: sa.ColumnElement[bool]) -> Any:
    """Return a credential's row with `user_role` and `user_judge`, None when it is unknown; one statement."""
    table = TABLES[via]
    user = (USERS.c.role.label("user_role"), USERS.c.judge.label("user_judge"))
    joined = table.join(USERS, USERS.c.id == table.c.user)
    return connection.execute(sa.select(table, *user).select_from(joined).where(condition)).first()


def caller_of(via: Via, row: Any, now: float) -> Caller | None:
    """Return the caller of a credential's row at `now`, Unix seconds; None if unknown, expired or revoked."""
    if row is None or row.revoked_at is not None or now >= row.expires_at:
        return None
    return Caller(row.user, Role(row.user_role), via, row.id, row.expires_at, row.user_judge)


def start_session(
    connection: sa.Connection, session: str, secret_hash: str, user: str, now: float, lives_s: tuple[float, float]
) -> None:
    """Add a session with its sliding and absolute expiry; nothing is copied from an earlier one.

    Raise a Refusal for a user who began as many in a day as may be.
    """
    _refuse_too_many(connection, user, now)
    sliding_s, absolute_s = lives_s
    times = {"created_at": now, "expires_at": now + min(sliding_s, absolute_s), "ends_at": now + absolute_s}
    connection.execute(SESSIONS.insert().values(id=session, secret_hash=secret_hash, user=user, **times))
    connection.execute(USERS.update().where(USERS.c.id == user).values(last_seen_at=now))


def slid(row: Any, now: float, sliding_s: float) -> float | None:
    """Return the later expiry that a use at `now` gives a session, None if it gains less than a minute."""
    later = min(now + sliding_s, row.ends_at)
    return float(later) if later - row.expires_at >= SEEN_EVERY_S else None


def slide(connection: sa.Connection, row: Any, expires_at: float, now: float) -> None:
    """Store a session's later expiry and its last use."""
    connection.execute(SESSIONS.update().where(SESSIONS.c.id == row.id).values(expires_at=expires_at))
    connection.execute(USERS.update().where(USERS.c.id == row.user).values(last_seen_at=now))


def end_credential(
    connection: sa.Connection,
    credential: str,
    revocation_events: RevocationEvents,
    reason: str,
    only: Via | None = None,
) -> CredentialView:
    """Revoke a session or token and publish that once; raise NotFound for an unknown one."""
    for via, table in TABLES.items():
        if only not in {None, via}:
            continue
        mine = table.c.id == credential
        live = (mine, table.c.revoked_at.is_(None))
        ended = connection.execute(table.update().where(*live).values(revoked_at=revocation_events.clock())).rowcount
        row = connection.execute(sa.select(table).where(mine)).first()
        if row is None:
            continue
        if ended:
            revocation_events.publish(connection, row.user, row.id, reason)
        if via == "token" and row.grant is not None:
            end_grant(connection, row.grant, revocation_events, reason)
        return _view(via, row)
    raise NotFound("there is no such session or token", ("id",))


def end_grant(connection: sa.Connection, grant: str, revocation_events: RevocationEvents, reason: str) -> bool:
    """Revoke a native client's grant with all its tokens; return whether it was not revoked before."""
    now, live = revocation_events.clock(), (GRANTS.c.id == grant, GRANTS.c.revoked_at.is_(None))
    if connection.execute(GRANTS.update().where(*live).values(revoked_at=now)).rowcount != 1:
        return False
    user = connection.execute(sa.select(GRANTS.c.user).where(GRANTS.c.id == grant)).scalar_one()
    revocation_events.publish(connection, user, grant, reason)
    counting = (TOKENS.c.grant == grant, TOKENS.c.revoked_at.is_(None))
    for token in connection.execute(sa.select(TOKENS.c.id).where(*counting, TOKENS.c.expires_at > now)).scalars().all():
        revocation_events.publish(connection, user, token, reason)
    connection.execute(TOKENS.update().where(*counting).values(revoked_at=now))
    connection.execute(REFRESH.update().where(REFRESH.c.grant == grant).values(answer=None))
    return True


def credentials_of(connection: sa.Connection, user: str) -> list[CredentialView]:
    """Return a user's sessions and tokens, newest first, at most 1,000 of each."""
    found = []
    for via, table in TABLES.items():
        query = (
            sa.select(table).where(table.c.user == user).order_by(table.c.created_at.desc(), table.c.id).limit(LISTED)
        )
        found += [(row.created_at, _view(via, row)) for row in connection.execute(query)]
    return [view for _, view in sorted(found, key=lambda pair: (-pair[0], pair[1].id))]


def forget_old(connection: sa.Connection, now: float) -> None:
    """Delete credentials and links that ended 90 days ago."""
    for table in (SESSIONS, TOKENS, LINKS):
        forget(connection, table, now)


def forget(connection: sa.Connection, table: sa.Table, now: float, after_s: float = RETENTION_S) -> int:
    """Delete rows of one table that ended `after_s` seconds ago, at most PRUNED_AT_ONCE; return how many."""
    return delete_some(connection, table, table.c.expires_at < now - after_s)


def _view(via: Via, row: Any) -> CredentialView:
    revoked = iso_if_known(row.revoked_at)
    return CredentialView(row.id, row.user, via, iso(row.created_at), iso(row.expires_at), revoked)


def _refuse_too_many(connection: sa.Connection, user: str, now: float) -> None:
    begun = (SESSIONS.c.user == user, SESSIONS.c.created_at > now - DAY_S)
    if connection.execute(sa.select(sa.func.count()).where(*begun)).scalar_one() >= MOST_SESSIONS:
        raise Refusal(f"{MOST_SESSIONS} sessions were begun within a day, which is the most", code="RATE_LIMITED")
