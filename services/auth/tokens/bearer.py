"""Signs bearer tokens, and verifies them into claims."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.auth.tokens.signing_keys import Key

ALGORITHM = "EdDSA"
TYPE = "tipbench+jwt"
LONGEST = 4096
LONGEST_LIFE_S = 90 * 24 * 3600
LEEWAY_S = 5.0
REQUIRED = ["exp", "iat", "nbf", "iss", "aud", "sub", "jti"]


class BadToken(ValueError):
    """A token that is not ours or not valid now; the message does not quote it."""


@dataclass(frozen=True)
class Claims:
    """The claims of a valid token: its user, its id, and its end in Unix seconds."""

    subject: str
    token: str
    expires_at: float


@dataclass(frozen=True)
class Parties:
    """The issuer and the audience of tokens."""

    issuer: str
    audience: str


def sign(key: Key, parties: Parties, subject: str, token: str, issued_at: int, ttl_s: int) -> str:
    """Return a token of `subject` with the id `token`, valid from `issued_at` for `ttl_s` seconds."""
    payload = {
        "iss": parties.issuer,
        "aud": parties.audience,
        "sub": subject,
        "jti": token,
        "iat": issued_at,
        "nbf": issued_at,
        "exp": issued_at + ttl_s,
    }
    return jwt.encode(payload, key.private, ALGORITHM, headers={"kid": key.kid, "typ": TYPE})


def public_jwk(key: Key) -> dict[str, str]:
    """Return the public half of a key as a JWK (RFC 8037)."""
    x = key.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    text = base64.urlsafe_b64encode(x).rstrip(b"=").decode("ascii")
    return {"kty": "OKP", "crv": "Ed25519", "x": text, "kid": key.kid, "alg": ALGORITHM, "use": "sig"}


def verify(token: str, keys: Callable[[str], Key | None], parties: Parties, now: float) -> Claims:
    """Return the claims of `token` at `now`, Unix seconds; raise BadToken or an error of PyJWT for anything else.

    The length is looked at first, then the header, then the signature, and the claims last.
    """
    if len(token) > LONGEST or not token.isascii():
        raise BadToken("too long, or not ASCII")
    header = jwt.get_unverified_header(token)
    if set(header) != {"alg", "kid", "typ"} or header["typ"] != TYPE or header["alg"] != ALGORITHM:
        raise BadToken("a header that is not ours")
    key = keys(header["kid"])
    if key is None:
        raise BadToken("an unknown key")
    # Times are held against the caller's clock below, so PyJWT, which asks the system's, leaves them alone.
    claims = jwt.decode(
        token,
        key.private.public_key(),
        algorithms=[ALGORITHM],
        audience=parties.audience,
        issuer=parties.issuer,
        options={
            "require": REQUIRED,
            "strict_aud": True,
            "verify_exp": False,
            "verify_nbf": False,
            "verify_iat": False,
        },
    )
    _hold_times(claims, now)
    return Claims(claims["sub"], claims["jti"], float(claims["exp"]))


def _hold_times(claims: dict[str, Any], now: float) -> None:
    issued, begins, ends = (claims[name] for name in ("iat", "nbf", "exp"))
    for value in (issued, begins, ends):
        if type(value) not in {int, float} or not 0 <= value < 2**53:
            raise BadToken("a time that is none")
    if not 0 < ends - issued <= LONGEST_LIFE_S:
        raise BadToken("a life that we give to no token")
    if now >= ends + LEEWAY_S:
        raise BadToken("expired")
    if now < max(issued, begins) - LEEWAY_S:
        raise BadToken("not valid yet")
