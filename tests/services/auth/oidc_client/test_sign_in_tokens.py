"""ID tokens that sign nobody in."""

import base64
import hmac
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from contracts.paging import PageRequest
from services.auth.module import AuthModule
from tests.services.auth.browsing import (
    CURVE,
    RSA,
    Visit,
    public_jwk,
    sign_in_refused,
    visiting,
)
from tests.services.auth.conftest import Clock

Forge = Callable[[dict[str, Any]], str]


def _rows(auth: AuthModule) -> int:
    return len(auth.users(PageRequest(first=1000)).rows)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": 7},
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["us", "another"]},
        {"aud": []},
        {"aud": None},
        {"azp": "another"},
        {"exp": 1_800_000_000 - 61},
        {"exp": None},
        {"exp": "soon"},
        {"iat": 1_800_000_000 + 61},
        {"iat": None},
        {"iat": True},
        {"nbf": 1_800_000_000 + 61},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": "\ud800"},
        {"nonce": "\ud800"},
        {"email": "\ud800@example.org", "email_verified": True},
    ],
    ids=str,
)
def test_a_token_with_a_wrong_claim_signs_nobody_in(auth: AuthModule, clock: Clock, claims: dict[str, Any]) -> None:
    """Each claim that binds the token to us, to now and to this sign-in is looked at."""

    async def story(visit: Visit) -> None:
        assert visit.own is not None
        visit.own.claims = claims
        sign_in_refused(await visit.back(await visit.login()), "SIGN_IN_REFUSED")
        assert (await visit.me())["status"] == 401

    visiting(auth, clock, story)
    assert _rows(auth) == 0


def _header(**header: Any) -> Forge:
    return lambda claims: jwt.encode(claims, RSA, "RS256", headers={"kid": "one", **header})


def _raw(header: dict[str, Any], claims: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    """A token made by hand, of which PyJWT would refuse to make some."""
    parts = [json.dumps(part).encode() for part in (header, claims)]
    text = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    return (text + b"." + base64.urlsafe_b64encode(sign(text)).rstrip(b"=")).decode()


def _hmac(secret: bytes) -> Forge:
    """HS256 with what everybody knows as the secret."""
    header = {"alg": "HS256", "typ": "JWT", "kid": "one"}
    return lambda claims: _raw(header, claims, lambda text: hmac.digest(secret, text, "sha256"))


PEM = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
ES256 = {"alg": "ES256", "typ": "JWT", "kid": "curve"}
WRONG_LENGTHS: dict[str, Forge] = {
    "DER": lambda claims: _raw(ES256, claims, lambda text: CURVE.sign(text, ec.ECDSA(SHA256()))),
    "too short": lambda claims: jwt.encode(claims, CURVE, "ES256", headers={"kid": "curve"})[:-4],
    "too long": lambda claims: jwt.encode(claims, CURVE, "ES256", headers={"kid": "curve"}) + "AAAA",
    "nothing": lambda claims: _raw(ES256, claims, lambda _: b""),
    "zeros": lambda claims: _raw(ES256, claims, lambda _: bytes(64)),
}


def _cut(claims: dict[str, Any]) -> str:
    return _header()(claims)[:-20]


FORGERIES: dict[str, Forge] = {
    "alg none": lambda claims: jwt.encode(claims, "", "none", headers={"kid": "one"}),
    "HS256 with the public key": _hmac(json.dumps(public_jwk("one")).encode()),
    "HS256 with the public key as PEM": _hmac(PEM),
    "an encrypted token's header": lambda claims: _raw(
        {"alg": "RSA-OAEP", "enc": "A256GCM", "kid": "one"}, claims, lambda _: b"tag"
    ),
    "enc beside a signature": _header(enc="A256GCM"),
    "ES256, which is not listed": lambda claims: jwt.encode(claims, CURVE, "ES256", headers={"kid": "curve"}),
    "another algorithm's key": _header(kid="curve"),
    "unknown kid": _header(kid="two"),
    "kid is a path": _header(kid="../../etc/passwd"),
    "kid is an address": _header(kid="http://127.0.0.1:1/key"),
    "kid is too long": _header(kid="x" * 300),
    "no kid": lambda claims: jwt.encode(claims, RSA, "RS256"),
    "a key of its own": _header(jwk=public_jwk("one")),
    "jku": _header(jku="http://127.0.0.1:1/keys"),
    "x5u": _header(x5u="http://127.0.0.1:1/keys"),
    "crit": _header(crit=["exp"]),
    "a key for encryption": _header(kid="enc"),
    "a cut signature": _cut,
    "five parts": lambda claims: _header()(claims) + ".a.b",
    "rubbish": lambda _: "a.b.c",
    "empty": lambda _: "",
    "too long": lambda claims: _header()({**claims, "more": "x" * 20_000}),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_token_signs_nobody_in(auth: AuthModule, clock: Clock, name: str) -> None:
    """Algorithms come from the configuration, keys from the issuer, and nothing from the token's own header."""

    async def story(visit: Visit) -> None:
        assert visit.own is not None
        visit.own.keys = [public_jwk("one"), public_jwk("curve", CURVE), public_jwk("enc", use="enc")]
        visit.own.make = FORGERIES[name]
        sign_in_refused(await visit.back(await visit.login()), "SIGN_IN_REFUSED")

    visiting(auth, clock, story)
    assert _rows(auth) == 0


@pytest.mark.parametrize("name", WRONG_LENGTHS)
def test_an_es256_signature_of_another_length_signs_nobody_in(auth: AuthModule, clock: Clock, name: str) -> None:
    """64 bytes, and not DER; the same token with its own signature would."""

    async def story(visit: Visit) -> None:
        assert visit.own is not None
        visit.own.keys, visit.own.make = [public_jwk("curve", CURVE)], WRONG_LENGTHS[name]
        sign_in_refused(await visit.back(await visit.login()), "SIGN_IN_REFUSED")
        visit.own.make = lambda claims: jwt.encode(claims, CURVE, "ES256", headers={"kid": "curve"})
        assert (await visit.back(await visit.login())).status_code == 303

    visiting(auth, clock, story, algorithms=("ES256",))


def test_the_algorithms_are_those_of_the_provider(auth: AuthModule, clock: Clock) -> None:
    """ES256 counts where it is listed, and RS256 then does not."""

    async def story(visit: Visit) -> None:
        assert visit.own is not None
        visit.own.keys = [public_jwk("one"), public_jwk("curve", CURVE)]
        sign_in_refused(await visit.back(await visit.login()), "SIGN_IN_REFUSED")
        visit.own.make = FORGERIES["ES256, which is not listed"]
        assert (await visit.back(await visit.login())).status_code == 303

    visiting(auth, clock, story, algorithms=("ES256",))
