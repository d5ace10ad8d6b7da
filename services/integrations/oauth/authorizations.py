"""Authorizations under way: bound to the browser's session that began them, used once, for ten minutes."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.integrations.connections import ConnectionProvider
from contracts.refusals import Conflict, Refusal
from services.integrations.connections.items import keyed_hash
from services.integrations.tables import AUTHORIZATIONS

AUTHORIZATION_S = 600.0
MOST_OF_A_USER = 20
"""Authorizations of the last ten minutes that a user may have begun and not ended."""


class AuthorizationExpired(Refusal):
    """What a provider sent the browser back with was not begun in this session, is over, or took too long."""

    code = "ATTEMPT_GONE"


@dataclass(frozen=True)
class Browser:
    """Whose browser it is: its user, and the id of the session that it is signed in by."""

    user: str
    session: str


@dataclass(frozen=True)
class AuthorizationProofs:
    """The state of an authorization, and the PKCE verifier that only this server can derive from it and a session."""

    state: str
    verifier: str = field(repr=False)

    @property
    def challenge(self) -> str:
        """Return the S256 challenge of the verifier (RFC 7636)."""
        return _text(hashlib.sha256(self.verifier.encode("ascii")).digest())


def new_state(random: bytes) -> str:
    """Return 256 random bits as a state."""
    return _text(random)


def proofs_of(key: bytes, state: str, browser: Browser) -> AuthorizationProofs:
    """Return the proofs that a state stands for in a browser."""
    said = msgspec.json.encode(["verifier", state, browser.user, browser.session])
    return AuthorizationProofs(state, _text(hmac.digest(key, said, "sha256")))


def begin_authorization(
    connection: sa.Connection,
    key: bytes,
    state: str,
    browser: Browser,
    provider: ConnectionProvider,
    time_zone: str,
    now: float,
) -> None:
    """Store an authorization for ten minutes, and delete those that are over; raise Conflict for too many."""
    connection.execute(AUTHORIZATIONS.delete().where(AUTHORIZATIONS.c.expires_at <= now))
    mine = sa.select(sa.func.count()).select_from(AUTHORIZATIONS).where(AUTHORIZATIONS.c.user == browser.user)
    if connection.execute(mine).scalar_one() >= MOST_OF_A_USER:
        raise Conflict("too many connections were begun and not ended: try again in ten minutes")
    row = {
        "id": _id(key, state),
        "user": browser.user,
        "session": browser.session,
        "provider": provider.value,
        "time_zone": time_zone,
        "expires_at": now + AUTHORIZATION_S,
    }
    connection.execute(AUTHORIZATIONS.insert(), row)


def end_authorization(
    connection: sa.Connection, key: bytes, state: str, browser: Browser, provider: ConnectionProvider, now: float
) -> Any:
    """Return the row of an authorization and end it, so that one call alone gets it; raise AuthorizationExpired.

    Only the session that began it ends it.
    """
    mine = (
        AUTHORIZATIONS.c.id == _id(key, state),
        AUTHORIZATIONS.c.user == browser.user,
        AUTHORIZATIONS.c.session == browser.session,
        AUTHORIZATIONS.c.provider == provider.value,
        AUTHORIZATIONS.c.expires_at > now,
    )
    row = connection.execute(sa.select(AUTHORIZATIONS).where(*mine)).first()
    if row is None:
        says = "this was not begun in this browser, is over, or took longer than 10 minutes: connect again"
        raise AuthorizationExpired(says, ("state",))
    connection.execute(AUTHORIZATIONS.delete().where(AUTHORIZATIONS.c.id == row.id))
    return row


def _id(key: bytes, state: str) -> str:
    return keyed_hash(key, "authorization", state)


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")
