"""One-time links: made with a secret that is shown once and works once."""

from typing import Any

import sqlalchemy as sa

from contracts.access.auth import InvitationView
from contracts.access.caller import Role
from contracts.refusals import NotFound
from kit.times import iso
from services.auth.tables import LINKS, USERS
from services.auth.users import LOCAL_ADMIN, add_user, find_user

LOCAL_S = 10 * 60.0
INVITATION_S = 7 * 24 * 3600.0
MOST_SHOWN = 200
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


def open_invitations(connection: sa.Connection, now: float, link: str | None = None) -> list[InvitationView]:
    """Return invitations that somebody could use now, newest first, at most 200; with `link` that one alone."""
    usable = [LINKS.c.spent_at.is_(None), LINKS.c.expires_at > now, LINKS.c.user.is_distinct_from(LOCAL_ADMIN)]
    rows = sa.select(LINKS).where(*usable, *([LINKS.c.id == link] if link else []))
    newest = rows.order_by(LINKS.c.created_at.desc(), LINKS.c.id).limit(MOST_SHOWN)
    who = sa.select(USERS.c.id, USERS.c.judge)
    found = connection.execute(newest).all()
    judges = {row.id: row.judge for row in connection.execute(who.where(USERS.c.id.in_([row.user for row in found])))}
    return [
        InvitationView(
            id=row.id,
            role=Role(row.role),
            judge=row.judge or judges.get(row.user),
            user=row.user,
            by=row.made_by,
            created_at=iso(row.created_at),
            expires_at=iso(row.expires_at),
        )
        for row in found
    ]


def withdraw(connection: sa.Connection, link: str, now: float) -> InvitationView:
    """End an invitation and return it as it was; raise NotFound for one that nobody could use."""
    found = open_invitations(connection, now, link)
    if not found:
        raise NotFound("no open invitation has that id: it was used, ended or never made", ("invitation",))
    connection.execute(LINKS.update().where(LINKS.c.id == link).values(expires_at=now))
    return found[0]


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
