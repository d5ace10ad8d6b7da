"""Sign-ins in progress: state, nonce and PKCE verifier are derived from one secret in the browser's cookie."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from contracts.refusals import Refusal, Unavailable
from services.auth.sessions.caller_cache import digest
from services.auth.tables import ATTEMPTS

ATTEMPT_S = 10 * 60.0
MOST_OPEN = 10_000
"""Sign-ins of the last ten minutes, open or ended: no more rows are stored."""


class TransactionExpired(Refusal):
    """The sign-in was not begun in this browser, is over, or took longer than ten minutes."""

    code = "ATTEMPT_GONE"


INVALID_TRANSACTION = (
    "this sign-in was not begun in this browser, is over, or took longer than 10 minutes: sign in again"
)


@dataclass(frozen=True)
class Proofs:
    """State, nonce and PKCE verifier of a sign-in, derived from the cookie's secret, so that the row reveals none."""

    state: str
    nonce: str
    verifier: str = field(repr=False)

    @property
    def challenge(self) -> str:
        """Return the S256 challenge of the verifier (RFC 7636)."""
        return _text(hashlib.sha256(self.verifier.encode("ascii")).digest())


def proofs_of(secret: str) -> Proofs:
    """Return state, nonce and verifier for a secret: 256 bits each in base64url, none derivable from another."""
    made = (
        hmac.digest(secret.encode("utf-8", "surrogatepass"), name, "sha256")
        for name in (b"state", b"nonce", b"verifier")
    )
    return Proofs(*(_text(value) for value in made))


def begin_transaction(
    connection: sa.Connection,
    attempt: str,
    secret: str,
    provider: str,
    then: str,
    now: float,
    *,
    link: str | None,
    credential: str | None,
) -> None:
    """Store a sign-in for ten minutes and delete those whose time is over.

    Raise Unavailable while too many are open.
    """
    connection.execute(ATTEMPTS.delete().where(ATTEMPTS.c.expires_at <= now))
    if connection.execute(sa.select(sa.func.count()).select_from(ATTEMPTS)).scalar_one() >= MOST_OPEN:
        raise Unavailable("too many sign-ins are under way: try again in a few minutes")
    row = {"id": attempt, "secret_hash": digest(secret), "provider": provider, "next": then, "link": link}
    times = {"created_at": now, "expires_at": now + ATTEMPT_S}
    connection.execute(ATTEMPTS.insert().values(**row, credential=credential, **times))


def consume_transaction(connection: sa.Connection, secret: str, provider: str, now: float) -> Any:
    """Return the sign-in's row and end it; of concurrent calls exactly one gets it.

    Raise TransactionExpired for every other call and an unknown secret.
    """
    mine = (ATTEMPTS.c.secret_hash == digest(secret), ATTEMPTS.c.provider == provider)
    usable = (*mine, ATTEMPTS.c.spent_at.is_(None), ATTEMPTS.c.expires_at > now)
    if connection.execute(ATTEMPTS.update().where(*usable).values(spent_at=now)).rowcount != 1:
        raise TransactionExpired(INVALID_TRANSACTION, ("state",))
    return connection.execute(sa.select(ATTEMPTS).where(*mine)).one()


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")
