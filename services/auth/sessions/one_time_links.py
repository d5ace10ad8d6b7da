"""One-time links: made with a secret that is shown once and works once."""

from typing import Any

import sqlalchemy as sa

from contracts.access.caller import Role
from contracts.refusals import NotFound
from services.auth.tables import LINKS
from services.auth.users import LOCAL_ADMIN, add_user, find_user

LOCAL_S = 10 * 60.0
INVITATION_S = 7 * 24 * 3600.0
INVALID_LINK = "this link is unknown, used or expired: ask for another"


def add_link(
    connection: sa.Connection,
    link: str,
    secret_hash: str,
    role: Role,
    now: float,
    *,
    user: str | None = None,
    judge: str | None = None,
    by: str = LOCAL_ADMIN,
) -> float:
    """Add a link that signs in `user`, or makes a user with `role` and `judge`; return its expiry, Unix seconds."""
    expires_at = now + (LOCAL_S if user == LOCAL_ADMIN else INVITATION_S)
    who = {"user": user, "role": int(role), "judge": judge if user is None else None, "made_by": by}
    row = {"id": link, "secret_hash": secret_hash, **who, "created_at": now, "expires_at": expires_at}
    connection.execute(LINKS.insert().values(row))
    return expires_at


def find_link(connection: sa.Connection, secret_hash: str, now: float, *, local: bool) -> Any:
    """Return the row of a valid link; raise NotFound for any other, and for local links unless `local`."""
    row = connection.execute(sa.select(LINKS).where(LINKS.c.secret_hash == secret_hash)).first()
    if row is None or row.spent_at is not None or now >= row.expires_at or (row.user == LOCAL_ADMIN and not local):
        raise NotFound(INVALID_LINK, ("secret",))
    return row


def spend(connection: sa.Connection, row: Any, new_user: str, now: float) -> str:
    """Use up a link and return the user it signs in; of concurrent calls all but one raise NotFound."""
    still_open = (LINKS.c.id == row.id, LINKS.c.spent_at.is_(None), LINKS.c.expires_at > now)
    if connection.execute(LINKS.update().where(*still_open).values(spent_at=now)).rowcount != 1:
        raise NotFound(INVALID_LINK, ("secret",))
    if row.user is not None:
        user = find_user(connection, row.user)
        if user is None or (user.id != LOCAL_ADMIN and user.role != row.role):
            raise NotFound(INVALID_LINK, ("secret",))
        return str(row.user)
    add_user(connection, new_user, Role(row.role), row.judge, now)
    return new_user
