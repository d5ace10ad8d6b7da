"""What users allow native clients: codes that work once, and refresh tokens with exactly one successor each."""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Any

import msgspec
import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contracts.refusals import NotFound
from kit.times import iso, iso_if_known
from services.auth.module import SECRET_LENGTH, AuthModule
from services.auth.oauth_server.authorization_request import AuthorizationRequest, OAuthError
from services.auth.sessions.caller_cache import digest
from services.auth.sessions.credentials import LISTED, end_grant
from services.auth.tables import GRANTS, REFRESH

CODE_S = 60.0
ACCESS_S = 600
REFRESH_S = 30 * 86_400.0
GRANT_S = 180 * 86_400.0
AGAIN_S = 10.0
NONCE = 12
DAY_S = 86_400.0
MOST_REFRESHES, MOST_CODES = 1_000, 200
"""Refreshes of one grant and codes of one user in a day: each leaves rows for a month or more. An app that refreshes
when its token ends does so 144 times."""
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
INVALID_GRANT = "the code or token is unknown, used, expired or revoked, or belongs to another request"


class Issued(msgspec.Struct, frozen=True):
    """A token response: an access token, its end `expires_at` in Unix seconds, and the next refresh token."""

    access: str
    refresh: str
    expires_at: float

    def __repr__(self) -> str:
        return "Issued()"


class ClientGrants:
    """Issues codes and tokens; `clock`, `ids` and `random_bytes` are those of `AuthModule`. All calls block."""

    def __init__(
        self,
        auth: AuthModule,
        *,
        clock: Callable[[], float],
        ids: Callable[[], str],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._auth, self._clock, self._ids, self._random_bytes = auth, clock, ids, random_bytes

    def code(self, authorization: AuthorizationRequest, user: str) -> str:
        """Return a code for an allowed request, for its client, redirect and challenge; valid once, 60 seconds.

        Raise OAuthError for a user's code that is one too many in a day.
        """
        code, now = self._auth.secret(), self._clock()
        what = {
            "client": authorization.client.id,
            "redirect": authorization.redirect,
            "challenge": authorization.challenge,
            "user": user,
        }
        times = {"created_at": now, "ends_at": now + CODE_S}
        with self._auth.changing() as connection:
            _refuse_too_many(connection, GRANTS, GRANTS.c.user == user, now, MOST_CODES)
            row = {"id": f"grant-{self._ids()}", "code_hash": digest(code), **what, **times}
            connection.execute(GRANTS.insert().values(row))
        return code

    def exchange(self, client: str, code: str, redirect: str, verifier: str) -> Issued:
        """Return the first tokens for a code.

        Raise OAuthError for an unknown, expired or used code, or one of another request. A code used twice ends its
        grant with all tokens.
        """
        with self._auth.changing() as connection:
            issued = self._exchange(connection, client, code, redirect, verifier)
        return _given(issued)

    def _exchange(
        self, connection: sa.Connection, client: str, code: str, redirect: str, verifier: str
    ) -> Issued | None:
        now = self._clock()
        row = connection.execute(sa.select(GRANTS).where(GRANTS.c.code_hash == digest(code))).first()
        if row is None:
            return None
        if row.spent_at is not None:
            end_grant(connection, row.id, self._auth.revocation_events, "code_reused")
            return None
        mine = (row.client, row.redirect) == (client, redirect) and _proves(verifier, row.challenge)
        if not mine or now >= row.created_at + CODE_S or row.revoked_at is not None:
            return None
        lasts = {"spent_at": now, "ends_at": now + GRANT_S}
        connection.execute(GRANTS.update().where(GRANTS.c.id == row.id).values(lasts))
        return self._issue(connection, row.id, row.user, now + GRANT_S, now)

    def refresh(self, client: str, token: str) -> Issued:
        """Return the tokens that succeed a refresh token; raise OAuthError for an unknown, expired or ended one.

        One that is refused because its grant had too many in a day counts again later.

        Within 10 seconds the same client gets the same successor again, as long as that one is unused. Any other second
        use ends the grant with all its tokens.
        """
        if len(token) != SECRET_LENGTH:
            raise OAuthError("invalid_grant", INVALID_GRANT)
        with self._auth.changing() as connection:
            issued = self._refresh(connection, client, token)
        return _given(issued)

    def _refresh(self, connection: sa.Connection, client: str, token: str) -> Issued | None:
        now, name = self._clock(), digest(token)
        joined = REFRESH.join(GRANTS, GRANTS.c.id == REFRESH.c.grant)
        view = (GRANTS.c.client, GRANTS.c.user, GRANTS.c.ends_at, GRANTS.c.revoked_at)
        row = connection.execute(sa.select(REFRESH, *view).select_from(joined).where(REFRESH.c.hash == name)).first()
        if row is None or row.revoked_at is not None or now >= row.expires_at:
            return None
        if row.used_at is not None:
            return self._again(connection, row, client, token, now)
        if row.client != client:
            return None
        _refuse_too_many(connection, REFRESH, REFRESH.c.grant == row.grant, now, MOST_REFRESHES)
        issued = self._issue(connection, row.grant, row.user, row.ends_at, now)
        used = {"used_at": now, "successor": digest(issued.refresh), "answer": self._sealed(token, name, issued)}
        connection.execute(REFRESH.update().where(REFRESH.c.hash == name).values(used))
        # Whoever holds the successor no longer needs the answer that brought it.
        connection.execute(REFRESH.update().where(REFRESH.c.successor == name).values(answer=None))
        return issued

    def _again(self, connection: sa.Connection, row: Any, client: str, token: str, now: float) -> Issued | None:
        """The same answer for a reply that was lost; the end of the grant for everything else."""
        if row.client == client and 0 <= now - row.used_at <= AGAIN_S and row.answer is not None:
            return _opened(token, row.hash, row.answer)
        end_grant(connection, row.grant, self._auth.revocation_events, "refresh_reused")
        return None

    def _issue(self, connection: sa.Connection, grant: str, user: str, ends_at: float, now: float) -> Issued:
        lasts = max(1, min(ACCESS_S, int(ends_at - now)))
        access, refresh = self._auth.sign_token(connection, user, now, lasts, grant), self._auth.secret()
        times = {"created_at": now, "expires_at": min(now + REFRESH_S, ends_at)}
        connection.execute(REFRESH.insert().values(hash=digest(refresh), grant=grant, **times))
        return Issued(access, refresh, int(now) + lasts)

    def _sealed(self, token: str, name: str, issued: Issued) -> bytes:
        nonce = self._random_bytes(NONCE)
        return nonce + AESGCM(_key(token)).encrypt(nonce, msgspec.json.encode(issued), name.encode())

    def revoke(self, client: str, token: str) -> None:
        """End the grant of a refresh or access token, RFC 7009; an unknown token is no error.

        Raise OAuthError for a token of another client.
        """
        with self._auth.changing() as connection:
            named = sa.select(REFRESH.c.grant).where(REFRESH.c.hash == digest(token))
            grant = connection.execute(named).scalar() or self._auth.grant_of(connection, token)
            owner = sa.select(GRANTS.c.client).where(GRANTS.c.id == grant)
            found = None if grant is None else connection.execute(owner).scalar()
            if found == client and grant is not None:
                end_grant(connection, grant, self._auth.revocation_events, "signed_out")
        if found not in {None, client}:
            raise OAuthError("invalid_client", "this token is another client's", 401)

    def of_user(self, user: str) -> list[dict[str, str | None]]:
        """Return the user's grants that a client has used, newest first, at most 1,000."""
        mine = (GRANTS.c.user == user, GRANTS.c.spent_at.is_not(None))
        query = sa.select(GRANTS).where(*mine).order_by(GRANTS.c.created_at.desc(), GRANTS.c.id).limit(LISTED)
        with self._auth.asking() as connection:
            return [_shown(row) for row in connection.execute(query)]

    def end(self, user: str, grant: str) -> dict[str, str | None]:
        """End one of the user's own grants; again is no error. Raise NotFound for an unknown one."""
        mine = (GRANTS.c.id == grant, GRANTS.c.user == user)
        with self._auth.changing() as connection:
            if connection.execute(sa.select(GRANTS.c.id).where(*mine)).first() is None:
                raise NotFound("you have allowed no such app", ("grant",))
            end_grant(connection, grant, self._auth.revocation_events, "revoked")
            return _shown(connection.execute(sa.select(GRANTS).where(*mine)).one())


def _shown(row: Any) -> dict[str, str | None]:
    times = {
        "created_at": iso(row.created_at),
        "ends_at": iso(row.ends_at),
        "revoked_at": iso_if_known(row.revoked_at),
    }
    return {"id": row.id, "client": row.client, **times}


def _given(issued: Issued | None) -> Issued:
    if issued is None:
        raise OAuthError("invalid_grant", INVALID_GRANT)
    return issued


def _refuse_too_many(
    connection: sa.Connection, table: sa.Table, own: sa.ColumnElement[bool], now: float, most: int
) -> None:
    """Raise OAuthError where a day's rows of a grant or user are as many as may be."""
    count = sa.select(sa.func.count()).select_from(table).where(own, table.c.created_at > now - DAY_S)
    if connection.execute(count).scalar_one() >= most:
        raise OAuthError("temporarily_unavailable", f"{most} in a day are the most: ask again later", 429)


def _proves(verifier: str, challenge: str) -> bool:
    if not VERIFIER.fullmatch(verifier):
        return False
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=")
    return hmac.compare_digest(made, challenge.encode())


def _key(token: str) -> bytes:
    """The token seals its own answer, so that a row alone gives none of it away."""
    return hmac.digest(token.encode("utf-8", "surrogatepass"), b"answer", "sha256")


def _opened(token: str, name: str, sealed: bytes) -> Issued:
    plain = AESGCM(_key(token)).decrypt(sealed[:NONCE], sealed[NONCE:], name.encode())
    return msgspec.json.decode(plain, type=Issued)
