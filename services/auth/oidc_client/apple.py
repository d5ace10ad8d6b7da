"""The client secret that Apple requires: a JWT signed with a key file, valid for a day and renewed in time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

ISSUER = "https://appleid.apple.com"
LIFE_S = 24 * 3600
RENEW_S = 3600


class BadKey(ValueError):
    """The file holds no P-256 private key; the message does not quote it."""


@dataclass(frozen=True)
class AppleClient:
    """Our registration at Apple: team, key and client ids, and the signing key."""

    team_id: str
    key_id: str
    client_id: str
    pem: bytes = field(repr=False)


def apple_secret(client: AppleClient, audience: str = ISSUER) -> Callable[[float], str]:
    """Return a function from Unix seconds to the secret, valid for a day and renewed an hour before its end.

    Raise BadKey for a file without a P-256 private key.
    """
    try:
        key = load_pem_private_key(client.pem, None)
    except (ValueError, TypeError):
        raise BadKey("the key file holds no private key in PEM without a password") from None
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise BadKey("the key file holds no P-256 key")
    lock, cached = Lock(), [("", 0.0)]

    def secret(now: float) -> str:
        with lock:
            text, ends = cached[0]
            if not ends - LIFE_S <= now < ends - RENEW_S:
                ends = int(now) + LIFE_S
                claims = {"iss": client.team_id, "iat": int(now), "exp": ends, "aud": audience, "sub": client.client_id}
                text = jwt.encode(claims, key, "ES256", headers={"kid": client.key_id})
                cached[0] = (text, ends)
            return text

    return secret
