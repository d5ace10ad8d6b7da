import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.auth.oidc_client.apple import AppleClient, BadKey, apple_secret

NOW = 1_800_000_000.0
SIX_MONTHS_S = 15_777_000


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_the_secret_is_what_apple_asks_for() -> None:
    """ES256 by the key's id, for Apple, about us, shorter than six months, and renewed before its end."""
    key = ec.generate_private_key(ec.SECP256R1())
    secret = apple_secret(AppleClient("TEAM", "KEY", "example.app", _pem(key)))
    text = secret(NOW)
    assert jwt.get_unverified_header(text) == {"alg": "ES256", "kid": "KEY", "typ": "JWT"}
    claims = jwt.decode(
        text,
        key.public_key(),
        ["ES256"],
        options={"verify_exp": False, "verify_iat": False},
        audience="https://appleid.apple.com",
    )
    assert (claims["iss"], claims["sub"]) == ("TEAM", "example.app")
    assert 0 < claims["exp"] - claims["iat"] <= SIX_MONTHS_S
    assert secret(NOW + 60) == text
    for later in (23 * 3600, -60):
        other = jwt.decode(secret(NOW + later), options={"verify_signature": False})
        assert other["iat"] == int(NOW + later)


@pytest.mark.parametrize("pem", [b"", b"rubbish", _pem(ec.generate_private_key(ec.SECP384R1()))])
def test_another_key_is_refused_without_quoting_it(pem: bytes) -> None:
    """When the server starts, not when somebody signs in."""
    with pytest.raises(BadKey) as refused:
        apple_secret(AppleClient("TEAM", "KEY", "example.app", pem))
    assert "rubbish" not in str(refused.value)
    assert "rubbish" not in repr(AppleClient("TEAM", "KEY", "example.app", pem))
