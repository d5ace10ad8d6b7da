"""Auth as the other modules see it: implements contracts.access.auth.Auth on the tables of this module."""

import logging
import secrets
import time
from collections.abc import Callable
from typing import Any

import jwt
import msgspec
import sqlalchemy as sa

from contracts.access.auth import IssuedToken, OneTimeLink, SignedIn
from contracts.access.caller import Caller, Role
from contracts.modules.events import Bus
from contracts.refusals import InvalidInput, NotFound, Unavailable
from kit.times import iso
from services.auth.administration import Administration
from services.auth.sessions.caller_cache import digest
from services.auth.sessions.credentials import (
    Via,
    caller_of,
    end_credential,
    find_caller,
    forget_old,
    slid,
    slide,
    start_session,
)
from services.auth.sessions.one_time_links import INVALID_LINK, add_link, find_link, spend
from services.auth.tables import SESSIONS, TOKENS
from services.auth.tokens.bearer import LEEWAY_S, LONGEST, LONGEST_LIFE_S, Claims, Parties, public_jwk, sign, verify
from services.auth.tokens.signing_keys import KeyRing
from services.auth.users import account, local_admin

logger = logging.getLogger(__name__)
SLIDING_S = 12 * 3600.0
ABSOLUTE_S = 14 * 24 * 3600.0
SECRET_LENGTH = 43
"""256 bits in base64url without padding."""


class AuthModule(Administration):
    """Implements contracts.access.auth.Auth; `local_links` is false where the server is reached beyond loopback.

    `engine` must take SQLite's write lock at the start of `begin()`. `random_bytes(n)` returns n random bytes, `ids()`
    a unique text. `clock` gives Unix seconds. Sessions and tokens that end are published on `bus`, unless it is None;
    where `has_capacity()` is false only admins get one.
    """

    def __init__(
        self,
        engine: sa.Engine,
        keys: KeyRing,
        *,
        clock: Callable[[], float] = time.time,
        ids: Callable[[], str] = lambda: secrets.token_hex(12),
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
        bus: Bus | None = None,
        issuer: str = "tipbench",
        audience: str = "tipbench-admin",
        local_links: bool = True,
        lives_s: tuple[float, float] = (SLIDING_S, ABSOLUTE_S),
        has_capacity: Callable[[], bool] = lambda: True,
    ) -> None:
        super().__init__(engine, clock=clock, ids=ids, random_bytes=random_bytes, bus=bus)
        self._keys, self._parties = keys, Parties(issuer, audience)
        self._local_links, self._has_capacity = local_links, has_capacity
        self._lives_s = lives_s

    def cached(self, via: Via, secret: str) -> Caller | None:
        """Return the caller of a credential that was looked up less than a second ago, else None; never blocks."""
        return self._recent.get(f"{via} {digest(secret)}") if len(secret) <= LONGEST else None

    def by_session(self, secret: str) -> Caller | None:
        """Return the caller of a session cookie, None for an unknown, expired or revoked one.

        Each use moves the session's expiry, never past its absolute end.
        """
        if len(secret) != SECRET_LENGTH:
            return None
        hit = self.cached("session", secret)
        return hit if hit is not None else self._look_up_session(digest(secret), self._clock())

    def _look_up_session(self, secret_hash: str, now: float) -> Caller | None:
        with self._store.reading() as connection:
            row = find_caller(connection, "session", SESSIONS.c.secret_hash == secret_hash)
        caller = caller_of("session", row, now)
        if caller is None:
            return None
        caller = msgspec.structs.replace(caller, expires_at=self._slide(row, now))
        self._recent.keep(f"session {secret_hash}", caller, now)
        return caller

    def _slide(self, row: Any, now: float) -> float:
        later = slid(row, now, self._lives_s[0])
        if later is None:
            return float(row.expires_at)
        try:
            with self._store.writing() as connection:
                slide(connection, row, later, now)
        except Unavailable:
            logger.warning("a session could not be made longer; it counts as long as before")
            return float(row.expires_at)
        return later

    def by_bearer(self, token: str) -> Caller | None:
        """Return the caller of a bearer token; None unless it is signed by us, valid now and not revoked."""
        if len(token) > LONGEST:
            return None
        hit = self.cached("token", token)
        if hit is not None:
            return hit
        now = self._clock()
        claims = self._claims(token, now)
        return None if claims is None else self._look_up_token(digest(token), claims, now)

    def _claims(self, token: str, now: float) -> Claims | None:
        try:
            return verify(token, lambda kid: self._keys.verifying(kid, now), self._parties, now)
        except (jwt.PyJWTError, TypeError, ValueError, RecursionError) as error:
            logger.info("a bearer token was refused: %s", type(error).__name__)
            return None

    def _look_up_token(self, token_hash: str, claims: Claims, now: float) -> Caller | None:
        with self._store.reading() as connection:
            row = find_caller(connection, "token", TOKENS.c.id == claims.token)
        if row is None or row.user != claims.subject:
            return None
        caller = caller_of("token", row, now - LEEWAY_S)
        if caller is not None:
            self._recent.keep(f"token {token_hash}", caller, now)
        return caller

    def is_live(self, caller: Caller) -> bool:
        """Return whether the credential is still valid and its user's role unchanged; reads the database each time."""
        table = SESSIONS if caller.via == "session" else TOKENS
        with self._store.reading() as connection:
            row = find_caller(connection, caller.via, table.c.id == caller.credential)
        now = caller_of(caller.via, row, self._clock())
        return now is not None and (now.subject, now.role) == (caller.subject, caller.role)

    def local_link(self) -> OneTimeLink:
        """Return a link that signs in as the local admin; it works once, for 10 minutes.

        Raise InvalidInput where local links are off.
        """
        if not self._local_links:
            raise InvalidInput("local sign-in links are off beyond loopback: a setting turns them on")
        now, link, secret = self._clock(), f"link-{self._ids()}", self.secret()
        with self.changing() as connection:
            user = local_admin(connection, now)
            expires_at = add_link(connection, link, digest(secret), Role(user.role), now, user=user.id)
        return OneTimeLink(link, secret, iso(expires_at), Role(user.role), user.judge)

    def redeem(self, secret: str) -> SignedIn:
        """Redeem a link and start a session; raise NotFound for an invalid link, Conflict for a judge id in use."""
        if len(secret) != SECRET_LENGTH:
            raise NotFound(INVALID_LINK, ("secret",))
        now = self._clock()
        with self.asking() as connection:  # rubbish takes no write lock
            row = find_link(connection, digest(secret), now, local=self._local_links)
        with self.changing() as connection:
            return self.start(connection, spend(connection, row, f"user-{self._ids()}", now), now)

    def start(self, connection: sa.Connection, user: str, now: float) -> SignedIn:
        """Start a session of a user on the caller's transaction and return it with its secret.

        Raise NotFound if it would end at once, Unavailable near a full disk, a Refusal for one too many in a day.
        """
        new_secret, session = self.secret(), f"session-{self._ids()}"
        start_session(connection, session, digest(new_secret), user, now, self._lives_s)
        forget_old(connection, now)
        caller = caller_of("session", find_caller(connection, "session", SESSIONS.c.id == session), now)
        if caller is None:
            raise NotFound(INVALID_LINK, ("secret",))
        if caller.role < Role.ADMIN and not self._has_capacity():
            raise Unavailable("little is left of the disk: sign in again once an admin has made room")
        return SignedIn(new_secret, caller)

    def issue_token(self, role: Role, ttl_s: int, judge: str | None = None) -> str:
        """Return a bearer token of the service account with that role, valid for `ttl_s` seconds.

        Raise InvalidInput unless that is 1 second to 90 days.
        """
        return self.make_token(role, ttl_s, judge).secret

    def make_token(self, role: Role, ttl_s: int, judge: str | None = None) -> IssuedToken:
        """Return a bearer token of the service account with that role; raise InvalidInput beyond 90 days."""
        if not 1 <= ttl_s <= LONGEST_LIFE_S:
            raise InvalidInput("a token lives for 1 second to 90 days", ("ttl",))
        now = self._clock()
        with self.changing() as connection:
            forget_old(connection, now)
            user = account(connection, role, judge, now)
            token, secret = self._signed(connection, user, now, ttl_s, None)
        return IssuedToken(token, secret, user, iso(int(now) + ttl_s))

    def sign_token(self, connection: sa.Connection, user: str, now: float, ttl_s: int, grant: str | None = None) -> str:
        """Return a bearer token of a user, written on the caller's transaction and valid for `ttl_s` seconds.

        `grant` is the id of the native client's grant that it belongs to.
        """
        return self._signed(connection, user, now, ttl_s, grant)[1]

    def _signed(
        self, connection: sa.Connection, user: str, now: float, ttl_s: int, grant: str | None
    ) -> tuple[str, str]:
        """Return a new token's id and the token."""
        token, key = f"token-{self._ids()}", self._keys.signing(now)
        row = {"id": token, "user": user, "created_at": now, "expires_at": int(now) + ttl_s, "grant": grant}
        connection.execute(TOKENS.insert().values(row))
        return token, sign(key, self._parties, user, token, int(now), ttl_s)

    def grant_of(self, connection: sa.Connection, token: str) -> str | None:
        """Return the id of the grant that a bearer token was issued under, None for any other text."""
        claims = self._claims(token, self._clock()) if len(token) <= LONGEST else None
        named = None if claims is None else sa.select(TOKENS.c.grant).where(TOKENS.c.id == claims.token)
        return None if named is None else connection.execute(named).scalar()

    def jwks(self) -> list[dict[str, str]]:
        """Return the public keys that verify our tokens, those that sign only later included."""
        return [public_jwk(key) for key in self._keys.published(self._clock())]

    def sign_out(self, caller: Caller) -> None:
        """Revoke the caller's own session or token."""
        with self.changing() as connection:
            end_credential(connection, caller.credential, self.revocation_events, "signed_out", caller.via)
