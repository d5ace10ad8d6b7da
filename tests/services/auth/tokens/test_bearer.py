import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.auth.tokens.bearer import LONGEST, LONGEST_LIFE_S, TYPE, BadToken, Claims, Parties, sign, verify
from services.auth.tokens.signing_keys import Key, KeyRing

NOW = 1_800_000_000
PARTIES = Parties("tipbench", "tipbench-admin")
REFUSED = (jwt.PyJWTError, TypeError, ValueError, RecursionError)
"""What `by_bearer` turns into None."""
GOOD: dict[str, Any] = {
    "iss": "tipbench",
    "aud": "tipbench-admin",
    "sub": "service-admin",
    "jti": "token-1",
    "iat": NOW,
    "nbf": NOW,
    "exp": NOW + 3600,
}


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    """A ring with one key."""
    made = KeyRing(tmp_path)
    made.signing(NOW)
    return made


def _check(token: str, ring: KeyRing, now: float = NOW + 1) -> Claims:
    return verify(token, lambda kid: ring.verifying(kid, now), PARTIES, now)


def _b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _raw(key: Key, header: Any, payload: str, signer: Ed25519PrivateKey | None = None) -> str:
    """A token with a true signature over any header and any payload text."""
    head = header if isinstance(header, str) else json.dumps(header)
    signed = f"{_b64(head.encode())}.{_b64(payload.encode())}"
    return f"{signed}.{_b64((signer or key.private).sign(signed.encode()))}"


def _ours(key: Key, **changed: Any) -> str:
    claims = {name: value for name, value in {**GOOD, **changed}.items() if value is not ...}
    return _raw(key, {"alg": "EdDSA", "kid": key.kid, "typ": TYPE}, json.dumps(claims))


def _head(key: Key, **changed: Any) -> str:
    header = {"alg": "EdDSA", "kid": key.kid, "typ": TYPE, **changed}
    return _raw(key, {name: value for name, value in header.items() if value is not ...}, json.dumps(GOOD))


def _public(key: Key) -> bytes:
    return key.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _hs256(key: Key) -> str:
    return jwt.encode(GOOD, _public(key), "HS256", headers={"kid": key.kid, "typ": TYPE})


def _none(key: Key, name: str) -> str:
    head, payload, _ = _head(key, alg=name).split(".")
    return f"{head}.{payload}."


def test_a_token_of_ours_is_read_back(ring: KeyRing) -> None:
    """Signing and verifying agree, and the hand-made tokens of this file are as ours."""
    key = ring.signing(NOW)
    token = sign(key, PARTIES, "service-admin", "token-1", NOW, 3600)
    assert _check(token, ring) == Claims("service-admin", "token-1", NOW + 3600.0)
    assert _check(_ours(key), ring) == _check(token, ring)
    assert _check(_ours(key, exp=NOW + LONGEST_LIFE_S), ring).expires_at == NOW + LONGEST_LIFE_S


BAD: dict[str, Callable[[Key], str]] = {
    "none": lambda key: _none(key, "none"),
    "None": lambda key: _none(key, "None"),
    "NONE": lambda key: _none(key, "NONE"),
    "HS256 with the public bytes": _hs256,
    "EdDSA in another case": lambda key: _head(key, alg="eddsa"),
    "RS256 named": lambda key: _head(key, alg="RS256"),
    "another key's signature": lambda key: _raw(
        key,
        {"alg": "EdDSA", "kid": key.kid, "typ": TYPE},
        json.dumps(GOOD),
        Ed25519PrivateKey.from_private_bytes(b"7" * 32),
    ),
    "signature cut off": lambda key: _ours(key).rpartition(".")[0] + ".",
    "payload changed": lambda key: ".".join(
        [_ours(key).split(".")[0], _ours(key, sub="user-2").split(".")[1], _ours(key).split(".")[2]]
    ),
    "expired": lambda key: _ours(key, iat=NOW - 100, nbf=NOW - 100, exp=NOW - 5),
    "nbf in the future": lambda key: _ours(key, nbf=NOW + 60),
    "iat in the future": lambda key: _ours(key, iat=NOW + 60),
    "wrong aud": lambda key: _ours(key, aud="other"),
    "aud as a list": lambda key: _ours(key, aud=["tipbench-admin"]),
    "wrong iss": lambda key: _ours(key, iss="other"),
    "iss as a list": lambda key: _ours(key, iss=["tipbench"]),
    **{f"no {name}": lambda key, name=name: _ours(key, **{name: ...}) for name in GOOD},  # type: ignore[misc]  # a default binds the name of this turn
    **{f"{name} null": lambda key, name=name: _ours(key, **{name: None}) for name in GOOD},  # type: ignore[misc]  # the same
    "sub is a number": lambda key: _ours(key, sub=1),
    "jti is a number": lambda key: _ours(key, jti=1),
    "exp infinite": lambda key: _ours(key, exp=float("inf")),
    "exp NaN": lambda key: _ours(key, exp=float("nan")),
    "exp 1e300": lambda key: _ours(key, exp=1e300),
    "exp of 400 digits": lambda key: _ours(key, exp=10**400),
    "exp text": lambda key: _ours(key, exp="tomorrow"),
    "exp a number as text": lambda key: _ours(key, exp=str(NOW + 60)),
    "exp true": lambda key: _ours(key, exp=True),
    "iat infinite": lambda key: _ours(key, iat=float("-inf")),
    "nbf NaN": lambda key: _ours(key, nbf=float("nan")),
    "longer than 90 days": lambda key: _ours(key, exp=NOW + LONGEST_LIFE_S + 1),
    "ends before it begins": lambda key: _ours(key, iat=NOW + 4, exp=NOW + 3),
    "unknown crit": lambda key: _head(key, crit=["b64"]),
    "known crit": lambda key: _head(key, crit=["exp"]),
    "jku": lambda key: _head(key, jku="https://elsewhere.example/keys"),
    "embedded jwk": lambda key: _head(key, jwk={"kty": "OKP", "crv": "Ed25519", "x": _b64(_public(key))}),
    "typ JWT": lambda key: _head(key, typ="JWT"),
    "no typ": lambda key: _head(key, typ=...),
    "typ a list": lambda key: _head(key, typ=[TYPE]),
    "no kid": lambda key: _head(key, kid=...),
    "unknown kid": lambda key: _head(key, kid="0"),
    "kid a number": lambda key: _head(key, kid=1),
    "kid a list": lambda key: _head(key, kid=[key.kid]),
    "kid a path": lambda key: _head(key, kid=f"../keys/jwt-{key.kid}"),
    "empty": lambda _: "",
    "one part": lambda key: _ours(key).split(".")[0],
    "two parts": lambda key: _ours(key).rpartition(".")[0],
    "four parts": lambda key: _ours(key) + ".x",
    "rubbish": lambda _: "a.b.c",
    "dots": lambda _: "..",
    "non-ASCII": lambda key: _ours(key) + "é",
    "lone surrogate": lambda key: _ours(key) + "\udcff",
    "full-width digits": lambda key: _ours(key).replace("e", "\uff45", 1),
    "header a list": lambda key: _raw(key, "[]", json.dumps(GOOD)),
    "header rubbish": lambda key: _raw(key, "{", json.dumps(GOOD)),
    "payload a list": lambda key: _raw(key, {"alg": "EdDSA", "kid": key.kid, "typ": TYPE}, "[]"),
    "payload a number": lambda key: _raw(key, {"alg": "EdDSA", "kid": key.kid, "typ": TYPE}, "3"),
    "nested brackets in the payload": lambda key: _raw(key, {"alg": "EdDSA", "kid": key.kid, "typ": TYPE}, "[" * 2_800),
    "nested brackets in the header": lambda key: _raw(key, "[" * 2_800, "{}"),
    "200,000 nested brackets": lambda key: _raw(key, {"alg": "EdDSA", "kid": key.kid, "typ": TYPE}, "[" * 200_000),
    "one character too long": lambda key: _ours(key, pad="x" * 3000)[: LONGEST + 1],
    "5 MB, validly signed": lambda key: _ours(key, pad="x" * 5_000_000),
}


@pytest.mark.parametrize("kind", BAD)
def test_every_other_token_is_refused(ring: KeyRing, kind: str) -> None:
    """Each ends in an error that the module turns into nobody, and none in another one."""
    token = BAD[kind](ring.signing(NOW))
    with pytest.raises(REFUSED) as refused:
        _check(token, ring)
    assert not token or token not in str(refused.value)


def test_the_length_is_looked_at_first(ring: KeyRing) -> None:
    """Five megabytes cost nothing, though they are signed with our key."""
    token, took = _ours(ring.signing(NOW), pad="x" * 5_000_000), list[float]()
    for _ in range(5):  # the collection of garbage may fall into one
        start = time.thread_time()
        with pytest.raises(BadToken, match="too long"):
            _check(token, ring)
        took.append(time.thread_time() - start)
    assert min(took) < 0.05


def test_small_clock_differences_are_forgiven(ring: KeyRing) -> None:
    """Five seconds either way, no more."""
    token = sign(ring.signing(NOW), PARTIES, "s", "t", NOW, 100)
    assert _check(token, ring, NOW - 5).token == "t"
    assert _check(token, ring, NOW + 104.9).token == "t"
    with pytest.raises(BadToken, match="not valid yet"):
        _check(token, ring, NOW - 5.1)
    with pytest.raises(BadToken, match="expired"):
        _check(token, ring, NOW + 105)


def test_a_token_of_an_ended_key_is_refused(ring: KeyRing) -> None:
    """Rotation ends old tokens with their key."""
    token = sign(ring.signing(NOW), PARTIES, "s", "t", NOW, 1000)
    ring.rotate(NOW + 1, 60)
    assert _check(token, ring, NOW + 60).token == "t"
    with pytest.raises(BadToken, match="unknown key"):
        _check(token, ring, NOW + 61)
