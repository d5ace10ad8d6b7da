"""Keys and signatures that no honest provider has: each is refused as such, and none is a defect."""

import base64
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, HashAlgorithm

from contracts.access.oidc import Jwk, Provider, ProviderRefused
from services.auth.oidc_client.id_tokens import Identity, kid_of, read_id_token

NOW, ORDER = 1_800_000_000, 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA")
PROVIDER = Provider(name="own", label="Own", issuer="https://own.example", client_id="us", algorithms=ALGORITHMS)
CLAIMS = {"iss": PROVIDER.issuer, "aud": "us", "sub": "s", "exp": NOW + 60, "iat": NOW, "nonce": "n"}
P256, P384, P521, K1 = (
    ec.generate_private_key(curve) for curve in (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1(), ec.SECP256K1())
)
RSA = rsa.generate_private_key(65537, 2048)
SHORT = rsa.generate_private_key(65537, 1024)  # noqa: S505  # so that it is refused
EDWARDS, LARGER = ed25519.Ed25519PrivateKey.generate(), ed448.Ed448PrivateKey.generate()
ODD: tuple[Any, ...] = (None, 7, True, [], {}, "", "é", "!!!", "=", "a", 1e300)
Sign = Callable[[bytes], bytes]


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _number(value: int) -> str:
    return _text(value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def _curve(key: ec.EllipticCurvePrivateKey, name: str) -> Jwk:
    numbers, size = key.public_key().public_numbers(), (key.key_size + 7) // 8
    x, y = (_text(value.to_bytes(size, "big")) for value in (numbers.x, numbers.y))
    return {"kid": "k", "kty": "EC", "crv": name, "x": x, "y": y}


def _rsa(n: int | None = None, e: int = 65537) -> Jwk:
    return {"kid": "k", "kty": "RSA", "n": _number(n or RSA.public_key().public_numbers().n), "e": _number(e)}


def _okp(name: str, key: ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey = EDWARDS) -> Jwk:
    return {"kid": "k", "kty": "OKP", "crv": name, "x": _text(key.public_key().public_bytes_raw())}


def _signed(
    key: ec.EllipticCurvePrivateKey = P256,
    change: Callable[[int, int], tuple[int, int]] = lambda r, s: (r, s),
    size: int = 32,
    by: HashAlgorithm | None = None,
) -> Sign:
    """Signatures as JWS has them, with another r or s."""

    def sign(text: bytes) -> bytes:
        pair = change(*decode_dss_signature(key.sign(text, ec.ECDSA(by or SHA256()))))
        return b"".join(value.to_bytes(size, "big") for value in pair)

    return sign


def _rs256(text: bytes) -> bytes:
    return RSA.sign(text, padding.PKCS1v15(), SHA256())


def read(jwk: Jwk, algorithm: str, sign: Sign) -> Identity:
    """Return who a token of that key and signature is about; raise ProviderRefused."""
    parts = ({"alg": algorithm, "kid": "k"}, CLAIMS)
    text = ".".join(_text(json.dumps(part).encode()) for part in parts)
    token = f"{text}.{_text(sign(text.encode()))}"
    assert kid_of(token, PROVIDER) == "k"
    return read_id_token(token, jwk, PROVIDER, "n", NOW)


SIGNATURES: dict[str, Sign] = {
    "r is 0": _signed(change=lambda _, s: (0, s)),
    "s is 0": _signed(change=lambda r, _: (r, 0)),
    "both are 0": _signed(change=lambda _, __: (0, 0)),
    "both are 1": _signed(change=lambda _, __: (1, 1)),
    "r is the order": _signed(change=lambda _, s: (ORDER, s)),
    "s is the order": _signed(change=lambda r, _: (r, ORDER)),
    "both are the order": _signed(change=lambda _, __: (ORDER, ORDER)),
    "the largest": lambda _: b"\xff" * 64,
    "DER": lambda text: P256.sign(text, ec.ECDSA(SHA256())),
    "the beginning of DER": lambda text: P256.sign(text, ec.ECDSA(SHA256()))[:64],
    "33 bytes each": _signed(size=33),
    "another hash": _signed(by=SHA384()),
    "another key": _signed(K1),
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_an_odd_signature_is_refused(name: str) -> None:
    """The same token with its own signature holds."""
    with pytest.raises(ProviderRefused):
        read(_curve(P256, "P-256"), "ES256", SIGNATURES[name])
    assert read(_curve(P256, "P-256"), "ES256", _signed()).subject == "s"


KEYS: dict[str, tuple[Jwk, str, Sign]] = {
    "P-384 for ES256": (_curve(P384, "P-384"), "ES256", _signed(P384, size=48)),
    "P-521 for ES256": (_curve(P521, "P-521"), "ES256", _signed(P521, size=66)),
    "secp256k1 for ES256": (_curve(K1, "secp256k1"), "ES256", _signed(K1)),
    "secp256k1 that says P-256": (_curve(K1, "P-256"), "ES256", _signed(K1)),
    "P-256 that says P-384": (_curve(P256, "P-384"), "ES384", _signed(by=SHA384())),
    "P-256 for ES384": (_curve(P256, "P-256"), "ES384", _signed(by=SHA384())),
    "P-256 for ES512": (_curve(P256, "P-256"), "ES512", _signed(by=SHA384())),
    "a point beside the curve": ({**_curve(P256, "P-256"), "x": _text(b"\1" * 32)}, "ES256", _signed()),
    "the point at infinity": (
        {**_curve(P256, "P-256"), "x": _text(bytes(32)), "y": _text(bytes(32))},
        "ES256",
        _signed(),
    ),
    "200 KB of x": ({**_curve(P256, "P-256"), "x": "A" * 200_000}, "ES256", _signed()),
    "a secret": ({"kid": "k", "kty": "oct", "k": _text(b"k" * 32)}, "ES256", _signed()),
    "RSA of 1024 bits": (_rsa(SHORT.public_key().public_numbers().n), "RS256", lambda _: b"x" * 128),
    "RSA of 16384 bits": (_rsa((1 << 16_383) + 1), "RS256", lambda _: b"x" * 2048),
    "RSA of 1.5 million bits": (_rsa((1 << 1_500_000) + 1), "RS256", lambda _: b"x" * 256),
    "an exponent of 0": (_rsa(e=0), "RS256", _rs256),
    "an exponent of 1": (_rsa(e=1), "RS256", lambda _: b"x" * 256),
    "an exponent of 4097 bits": (_rsa(e=(1 << 4096) + 1), "RS256", _rs256),
    "another exponent": (_rsa(e=3), "RS256", _rs256),
    "an even modulus": (_rsa(RSA.public_key().public_numbers().n + 1), "RS256", _rs256),
    "RSA for ES256": (_rsa(), "ES256", _signed()),
    "a curve for RS256": (_curve(P256, "P-256"), "RS256", _rs256),
    "X25519": (_okp("X25519"), "EdDSA", EDWARDS.sign),
    "Ed25519 that says Ed448": (_okp("Ed448"), "EdDSA", EDWARDS.sign),
    "Ed448 that says Ed25519": (_okp("Ed25519", LARGER), "EdDSA", LARGER.sign),
}


@pytest.mark.parametrize("name", KEYS)
def test_a_key_of_another_kind_is_refused(name: str) -> None:
    """Curve, size and family are those of the token's algorithm."""
    with pytest.raises(ProviderRefused):
        read(*KEYS[name])


@pytest.mark.parametrize(
    ("jwk", "algorithm", "sign", "members"),
    [
        (_curve(P256, "P-256"), "ES256", _signed(), ("kty", "crv", "x", "y", "use", "alg")),
        (_rsa(), "RS256", _rs256, ("kty", "n", "e", "use", "alg")),
        (_okp("Ed25519"), "EdDSA", EDWARDS.sign, ("kty", "crv", "x", "use", "alg")),
    ],
    ids=["EC", "RSA", "OKP"],
)
def test_a_member_of_a_key_may_be_anything(jwk: Jwk, algorithm: str, sign: Sign, members: tuple[str, ...]) -> None:
    """Every value that JSON has, in the place of each member, is refused in one sentence."""
    assert read(jwk, algorithm, sign).subject == "s"
    for member in members:
        for value in ODD:
            with pytest.raises(ProviderRefused):
                read({**jwk, member: value}, algorithm, sign)


@pytest.mark.parametrize("private", [{"d": _number(3)}, {"d": "x", "p": 7, "oth": [1]}])
def test_a_private_part_that_is_published_is_not_read(private: dict[str, Any]) -> None:
    """The key verifies as the public one that it is, whatever else is in it."""
    whole = jwt.algorithms.RSAAlgorithm.to_jwk(RSA, as_dict=True)
    for jwk in ({**whole, "kid": "k"}, {**_rsa(), **private}):
        assert read({name: value for name, value in jwk.items() if name != "key_ops"}, "RS256", _rs256).subject == "s"
