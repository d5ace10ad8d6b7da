"""Internal tokens: what a module believes, and what it does not."""

import stat
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from resources.home import Home
from resources.rpc.internal_tokens import (
    ALGORITHM,
    ISSUER,
    TYPE,
    NotInternal,
    Principal,
    Signer,
    Verifier,
    public_key,
    signing_key,
)

NOW = 1_800_000_000
PRIVATE = Ed25519PrivateKey.generate()
PRINCIPAL = Principal("user-1", "ADMIN", "request-1")
GOOD = {"iss": ISSUER, "aud": "auth", "sub": "user-1", "role": "ADMIN", "rid": "request-1", "iat": NOW, "exp": NOW + 30}


def _verify(token: str, now: float = NOW) -> Principal:
    return Verifier(PRIVATE.public_key(), "auth", lambda: now).verify(token)


def _signed(claims: dict[str, Any], header: dict[str, Any] | None = None, private: Any = PRIVATE) -> str:
    return jwt.encode(claims, private, ALGORITHM, headers={"typ": TYPE, **(header or {})})


def test_a_module_learns_who_asks() -> None:
    """Subject, role and request id come through, for half a minute."""
    token = Signer(PRIVATE, lambda: float(NOW)).sign("auth", PRINCIPAL)
    assert _verify(token) == _verify(token, NOW + 29) == PRINCIPAL
    assert _verify(_signed(GOOD)) == PRINCIPAL


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "é",
        "a.b.c",
        "x" * 3000,
        _signed(GOOD, private=Ed25519PrivateKey.generate()),
        _signed({**GOOD, "aud": "profile"}),
        _signed({**GOOD, "aud": ["auth", "profile"]}),
        _signed({**GOOD, "iss": "tipbench"}),
        _signed({**GOOD, "exp": NOW + 61}),
        _signed({**GOOD, "iat": NOW + 100, "exp": NOW + 130}),
        _signed({**GOOD, "iat": NOW - 100, "exp": NOW - 70}),
        _signed({**GOOD, "exp": NOW}),
        _signed({**GOOD, "exp": float(NOW + 30)}),
        _signed({**GOOD, "role": 3}),
        _signed({name: value for name, value in GOOD.items() if name != "rid"}),
        _signed(GOOD, {"typ": "tipbench+jwt"}),
        _signed(GOOD, {"kid": "../../etc/passwd"}),
        _signed(GOOD, {"jwk": {"kty": "OKP"}}),
        jwt.encode(GOOD, "", "none", headers={"typ": TYPE}),
        jwt.encode(GOOD, PRIVATE.public_key().public_bytes_raw(), "HS256", headers={"typ": TYPE}),
        _signed(GOOD)[:-4] + "AAAA",
    ],
)
def test_nothing_else_is_believed(token: str) -> None:
    """Forged, another's, too long a life, expired, not yet valid, another form, another algorithm."""
    with pytest.raises(NotInternal):
        _verify(token)


def test_a_token_ends() -> None:
    """With two seconds of leeway."""
    token = Signer(PRIVATE, lambda: float(NOW)).sign("auth", PRINCIPAL)
    with pytest.raises(NotInternal):
        _verify(token, NOW + 32)
    with pytest.raises(NotInternal):
        _verify(token, NOW - 3)


def test_the_public_half_is_a_file_of_its_own(tmp_path: Path) -> None:
    """A module needs that file alone; the private one is its owner's."""
    home = Home(tmp_path)
    assert public_key(home) is None
    private = signing_key(home)
    found = public_key(home)
    assert found is not None
    assert found.public_bytes_raw() == private.public_key().public_bytes_raw()
    assert signing_key(home).private_bytes_raw() == private.private_bytes_raw()
    assert stat.S_IMODE((home.keys / "internal").stat().st_mode) == 0o600
    (home.keys / "internal.pub").write_text("rubbish\n")
    assert public_key(home) is None
