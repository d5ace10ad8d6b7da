"""Validates a provider's ID token and reads from it who signed in."""

import hmac
import json
from typing import Any

import jwt
import msgspec

from contracts.access.oidc import Jwk, Provider, ProviderRefused

LONGEST = 16 * 1024
LONGEST_KID = 200
LEEWAY_S = 60.0
REQUIRED = ["iss", "aud", "sub", "exp", "iat", "nonce"]
FOREIGN_KEYS = {"jwk", "jku", "x5u", "x5c", "crit", "enc", "zip", "b64"}
"""Header members that would bring a key of their own or change how the rest is read."""
FAMILIES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
LEAST_RSA_BITS, MOST_RSA_BITS = 2048, 8192
PUBLIC = ("kty", "n", "e", "crv", "x", "y")
"""Members of a key that are read: one that was published with its private part is a public key like any other."""


class Identity(msgspec.Struct, frozen=True):
    """Who signed in, by `issuer` and `subject`; `email` is None unless the provider verified it.

    `signed_in_at` is when the person last authenticated at the provider, Unix seconds, None if the token does not say.
    """

    issuer: str
    subject: str
    email: str | None
    signed_in_at: float | None

    def __repr__(self) -> str:
        return f"Identity(issuer={self.issuer!r})"


def kid_of(token: str, provider: Provider) -> str:
    """Return the key id in a token's header; raise ProviderRefused for a header that this provider may not send."""
    if len(token) > LONGEST or not token.isascii() or token.count(".") != 2:
        raise ProviderRefused("the ID token is no signed token")
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise ProviderRefused("the ID token's header cannot be read") from None
    if header.get("alg") not in provider.algorithms:
        raise ProviderRefused("the ID token is signed in a way that this provider does not use")
    if FOREIGN_KEYS & set(header):
        raise ProviderRefused("the ID token's header asks for what no provider needs")
    kid = header.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= LONGEST_KID:
        raise ProviderRefused("the ID token does not name its key")
    return kid


def read_id_token(token: str, jwk: Jwk | None, provider: Provider, nonce: str, now: float) -> Identity:
    """Return who a token is about, once its signature and claims are verified with `jwk`.

    `token` must have passed `kid_of`. Raise ProviderRefused, with what is wrong and no part of the token.
    """
    algorithm = jwt.get_unverified_header(token)["alg"]
    try:
        claims = jwt.decode(
            token,
            _key(jwk, algorithm),
            algorithms=[algorithm],
            issuer=provider.issuer,
            audience=provider.client_id,
            # Times are held against the caller's clock below.
            options={"require": REQUIRED, "verify_exp": False, "verify_nbf": False, "verify_iat": False},
        )
        json.dumps(claims, ensure_ascii=False).encode()  # half of a surrogate pair is no text, and cannot be stored
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise ProviderRefused(f"the ID token does not hold: {type(error).__name__}") from None
    _hold_parties(claims, provider)
    _hold_times(claims, now)
    if not isinstance(claims["nonce"], str) or not hmac.compare_digest(claims["nonce"].encode(), nonce.encode()):
        raise ProviderRefused("the ID token is another sign-in's")
    subject, seen = claims["sub"], claims.get("auth_time")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise ProviderRefused("the ID token names nobody")
    signed_in_at = float(seen) if isinstance(seen, int | float) and 0 <= seen <= now + LEEWAY_S else None
    return Identity(provider.issuer, subject, _verified(claims, provider), signed_in_at)


def _key(jwk: Jwk | None, algorithm: str) -> Any:
    if jwk is None or jwk.get("kty") != FAMILIES[algorithm[:2]]:
        raise ProviderRefused("the ID token's key is unknown")
    if jwk.get("use", "sig") != "sig" or jwk.get("alg", algorithm) != algorithm:
        raise ProviderRefused("the ID token's key is for something else")
    key = jwt.PyJWK({name: jwk[name] for name in PUBLIC if name in jwk}, algorithm=algorithm).key
    if jwk["kty"] == "RSA" and not LEAST_RSA_BITS <= key.key_size <= MOST_RSA_BITS:
        raise ProviderRefused("the ID token's key is too short or too long")
    return key


def _hold_parties(claims: dict[str, Any], provider: Provider) -> None:
    if claims["aud"] not in (provider.client_id, [provider.client_id]):
        raise ProviderRefused("the ID token is for others too")
    if claims.get("azp", provider.client_id) != provider.client_id:
        raise ProviderRefused("the ID token was made for another client")


def _hold_times(claims: dict[str, Any], now: float) -> None:
    issued, ends, begins = claims["iat"], claims["exp"], claims.get("nbf", claims["iat"])
    for value in (issued, ends, begins):
        if type(value) not in {int, float} or not 0 <= value < 2**53:
            raise ProviderRefused("the ID token holds a time that is none")
    if now >= ends + LEEWAY_S:
        raise ProviderRefused("the ID token has expired")
    if now < max(issued, begins) - LEEWAY_S:
        raise ProviderRefused("the ID token is not valid yet")


def _verified(claims: dict[str, Any], provider: Provider) -> str | None:
    said, email = claims.get("email_verified"), claims.get("email")
    verified = said is True or (provider.loose_verified and said == "true")
    return email if verified and isinstance(email, str) and 0 < len(email) <= 254 else None
