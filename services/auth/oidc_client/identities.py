"""From an identity at a provider to a user: known, new, invited, admin by configuration, or linked to a known one.

An identity is looked up by a keyed hash; its issuer and subject, and the token that takes its grant back at the
provider, are kept sealed under the user's own key.
"""

import hmac
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from contracts.access.caller import Role
from contracts.access.oidc import ConfiguredAdmin
from contracts.modules.sealing import Sealer
from contracts.refusals import Conflict
from kit.sealed import SealedColumn
from services.auth.oidc_client.id_tokens import Identity
from services.auth.sessions.one_time_links import spend
from services.auth.tables import IDENTITIES, USERS
from services.auth.users import add_user

PLACE = "auth_identities/"
"""What is sealed of an identity is bound to this and its id."""
WHO = SealedColumn(PLACE, tuple[str, str])
"""Issuer and subject."""
TAKEN = "this identity belongs to another user already"


class Identities:
    """The table of identities; `key` is the home's own, 32 bytes, and must live as long as the rows."""

    def __init__(self, key: bytes, sealer: Sealer) -> None:
        self._key, self._sealer = key, sealer

    def user_of(self, connection: sa.Connection, who: Identity) -> str | None:
        """Return the id of the user with that identity, None if there is none."""
        row = connection.execute(sa.select(IDENTITIES.c.user).where(self._same(who))).first()
        return None if row is None else str(row.user)

    def known(self, connection: sa.Connection, who: Identity, now: float) -> str | None:
        """Return the id of the user with that identity, None if there is none; its last use becomes `now`."""
        connection.execute(IDENTITIES.update().where(self._same(who)).values(used_at=now))
        return self.user_of(connection, who)

    def new_user(self, connection: sa.Connection, who: Identity, new_id: str, now: float) -> str:
        """Add a user `new_id` with role USER and that identity; return the id."""
        add_user(connection, new_id, Role.USER, None, now)
        return self.add(connection, who, new_id, now)

    def invited(self, connection: sa.Connection, who: Identity, link: Any, new_id: str, now: float) -> str:
        """Add the user of an invitation, with its role and judge and that identity; return the id.

        Raise Conflict if the identity is a user already.
        """
        if self.user_of(connection, who) is not None:
            raise Conflict("you are a user already: sign in without the invitation, it stays open")
        return self.add(connection, who, spend(connection, link, new_id, now), now)

    def add(self, connection: sa.Connection, who: Identity, user: str, now: float) -> str:
        """Add an identity to a user and return the user's id; a repeat changes nothing.

        Raise Conflict when the identity belongs to another user.
        """
        owner = self.user_of(connection, who)
        if owner is not None and owner != user:
            raise Conflict(TAKEN)
        if owner is None:
            connection.execute(IDENTITIES.insert().values(**self._row(who, user), created_at=now, used_at=now))
        return user

    def opened(self, row: Mapping[Any, Any]) -> tuple[str, str]:
        """Return issuer and subject of a row, unsealed; raise contracts.modules.sealing.Erased or Unreadable."""
        return WHO.open(self._sealer, row["user"], row["id"], row["sealed"])

    def keep_grant(self, connection: sa.Connection, who: Identity, user: str, token: str) -> None:
        """Store the refresh token of the latest sign-in in place of the one before."""
        name = identity_hash(self._key, who.issuer, who.subject)
        sealed = self._sealer.seal(user, _grant_place(name), token.encode())
        mine = (IDENTITIES.c.id == name, IDENTITIES.c.user == user)
        connection.execute(IDENTITIES.update().where(*mine).values(grant=sealed))

    def opened_grant(self, row: Mapping[Any, Any]) -> tuple[str, str]:
        """Return issuer and refresh token of a row that has one, unsealed; raise sealing's Erased or Unreadable."""
        token = self._sealer.open(row["user"], _grant_place(row["id"]), row["grant"])
        return self.opened(row)[0], token.decode()

    def _row(self, who: Identity, user: str) -> dict[str, Any]:
        return identity_row(self._key, self._sealer, (who.issuer, who.subject), user)

    def _same(self, who: Identity) -> sa.ColumnElement[bool]:
        return IDENTITIES.c.id == identity_hash(self._key, who.issuer, who.subject)


def identity_row(key: bytes, sealer: Sealer, who: tuple[str, str], user: str) -> dict[str, Any]:
    """Return the row to store for an issuer and a subject: a keyed hash, the user, and both sealed for the user."""
    name = identity_hash(key, *who)
    return {"id": name, "user": user, "sealed": WHO.seal(sealer, user, name, who)}


def identity_hash(key: bytes, issuer: str, subject: str) -> str:
    """Return the HMAC-SHA256 of issuer and subject in hex; distinct pairs are encoded distinctly."""
    return hmac.digest(key, f"{len(issuer)}:{issuer}:{subject}".encode("utf-8", "surrogatepass"), "sha256").hex()


def raise_configured(connection: sa.Connection, who: Identity, user: str, admins: Sequence[ConfiguredAdmin]) -> bool:
    """Make a user an admin if the configuration names their identity; return whether the role changed."""
    if not any(_names(admin, who) for admin in admins):
        return False
    lower = (USERS.c.id == user, USERS.c.role != int(Role.ADMIN))
    return connection.execute(USERS.update().where(*lower).values(role=int(Role.ADMIN))).rowcount == 1


def _grant_place(name: str) -> str:
    return f"{PLACE}{name}/grant"


def _names(admin: ConfiguredAdmin, who: Identity) -> bool:
    if admin.issuer != who.issuer:
        return False
    if admin.subject is not None:
        return admin.subject == who.subject
    return admin.email is not None and who.email is not None and admin.email.casefold() == who.email.casefold()
