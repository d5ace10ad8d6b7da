"""From an identity at a provider to a user: known, new, invited, admin by configuration, or linked to a known one."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from contracts.access import Role
from contracts.oidc import ConfiguredAdmin
from contracts.refusals import Conflict
from services.auth.id_tokens import Identity
from services.auth.links import spend
from services.auth.tables import IDENTITIES, USERS
from services.auth.users import add_user

TAKEN = "this identity belongs to another user already"


def user_of(connection: sa.Connection, who: Identity) -> str | None:
    """The user with that identity."""
    row = connection.execute(sa.select(IDENTITIES.c.user).where(*_same(who))).first()
    return None if row is None else str(row.user)


def known_user(connection: sa.Connection, who: Identity, now: float) -> str | None:
    """The user with that identity, marked as used now."""
    connection.execute(IDENTITIES.update().where(*_same(who)).values(used_at=now))
    return user_of(connection, who)


def new_user(connection: sa.Connection, who: Identity, fresh: str, now: float) -> str:
    """A user without any rights yet."""
    add_user(connection, fresh, Role.USER, None, now)
    return add_identity(connection, who, fresh, now)


def invited_user(connection: sa.Connection, who: Identity, link: Any, fresh: str, now: float) -> str:
    """The user that an invitation makes, with its role and judge; Conflict for somebody who is a user already."""
    if user_of(connection, who) is not None:
        raise Conflict("you are a user already: sign in without the invitation, it stays open")
    return add_identity(connection, who, spend(connection, link, fresh, now), now)


def add_identity(connection: sa.Connection, who: Identity, user: str, now: float) -> str:
    """One more identity of a user; Conflict when it is another's. Its own again changes nothing."""
    owner = user_of(connection, who)
    if owner is not None and owner != user:
        raise Conflict(TAKEN)
    if owner is None:
        row = {"issuer": who.issuer, "subject": who.subject, "user": user, "created_at": now, "used_at": now}
        connection.execute(IDENTITIES.insert().values(row))
    return user


def raise_configured(connection: sa.Connection, who: Identity, user: str, admins: Sequence[ConfiguredAdmin]) -> bool:
    """Make somebody whom the configuration names an admin; whether the role changed."""
    if not any(_names(admin, who) for admin in admins):
        return False
    lower = (USERS.c.id == user, USERS.c.role != int(Role.ADMIN))
    return connection.execute(USERS.update().where(*lower).values(role=int(Role.ADMIN))).rowcount == 1


def _names(admin: ConfiguredAdmin, who: Identity) -> bool:
    if admin.issuer != who.issuer:
        return False
    if admin.subject is not None:
        return admin.subject == who.subject
    return admin.email is not None and who.email is not None and admin.email.casefold() == who.email.casefold()


def _same(who: Identity) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return IDENTITIES.c.issuer == who.issuer, IDENTITIES.c.subject == who.subject
