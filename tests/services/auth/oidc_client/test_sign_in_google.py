"""Signing in with Google as its discovery document describes it, served by a provider of ours on loopback."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from contracts.access.oidc import ConfiguredAdmin
from services.auth.module import AuthModule
from services.auth.oidc_client.identities import Identities
from services.auth.tables import METADATA
from tests.services.auth.browsing import Visit, visiting
from tests.services.auth.conftest import Clock
from wiring.auth_settings import AuthTable, ProviderTable
from wiring.modules.sign_in import build_sign_in

SHAPE: dict[str, Any] = {
    "device_authorization_endpoint": "/device/code",
    "userinfo_endpoint": "/v1/userinfo",
    "revocation_endpoint": "/revoke",
    "response_types_supported": [
        "code",
        "token",
        "id_token",
        "code token",
        "code id_token",
        "token id_token",
        "code token id_token",
        "none",
    ],
    "response_modes_supported": ["query", "fragment", "form_post"],
    "subject_types_supported": ["public"],
    "id_token_signing_alg_values_supported": ["RS256"],
    "scopes_supported": ["openid", "email", "profile"],
    "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
    "claims_supported": [
        "aud",
        "email",
        "email_verified",
        "exp",
        "family_name",
        "given_name",
        "iat",
        "iss",
        "name",
        "picture",
        "sub",
    ],
    "code_challenge_methods_supported": ["plain", "S256"],
    "grant_types_supported": [
        "authorization_code",
        "refresh_token",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
    ],
}
"""The members of https://accounts.google.com/.well-known/openid-configuration beside issuer, authorization_endpoint,
token_endpoint and jwks_uri, which our provider fills in with its own address."""
CLAIMS = {
    "azp": "us",
    "email": "planted@gmail.example",
    "email_verified": True,
    "at_hash": "HK6E_P6Dh8Y93mRNtsDB1Q",
    "name": "Planted Person",
    "picture": "https://pictures.example/p.png",
    "given_name": "Planted",
    "family_name": "Person",
    "sub": "110169484474386276334",
}
"""What an ID token of Google's holds beside iss, aud, iat, exp and nonce."""


def test_a_person_signs_in_as_with_google(auth: AuthModule, clock: Clock, engine: sa.Engine, tmp_path: Path) -> None:
    """By query, S256 and the usual scopes; a verified address makes an admin; no name, address or subject stays."""

    async def story(visit: Visit) -> None:
        own = visit.own
        assert own is not None
        own.metadata, own.claims = dict(SHAPE), dict(CLAIMS)
        sent = await visit.login()
        assert (sent["scope"], sent["response_type"], sent["code_challenge_method"]) == ("openid email", "code", "S256")
        assert "response_mode" not in sent
        assert (await visit.back(sent)).status_code == 303
        me = await visit.me()
        assert (me["status"], me["role"]) == (200, "ADMIN")
        own.claims["email_verified"] = False
        own.claims["sub"] = "another"
        await visit.back(await visit.login())
        assert (await visit.me())["role"] == "USER"

    visiting(
        auth,
        clock,
        story,
        admins=lambda issuer: [ConfiguredAdmin(issuer=issuer, email="planted@gmail.example")],
        secret=lambda _: "a secret",
    )
    with engine.connect() as connection:
        held = [str(connection.execute(sa.select(table)).all()).encode() for table in METADATA.sorted_tables]
    held += [path.read_bytes() for path in tmp_path.rglob("tipbench.db*")]
    assert not any(text in data for data in held for text in (b"lanted", b"110169484474386276334"))


def test_the_preset_is_googles(auth: AuthModule, identities: Identities, tmp_path: Path) -> None:
    """Its issuer, RS256 alone, an answer by query, and `email_verified` only as a boolean."""
    entry = ProviderTable(name="google", preset="google", client_id="us", secret_env="GOOGLE")
    sign_in = build_sign_in(
        AuthTable(providers=(entry,)),
        {"GOOGLE": "planted"},
        tmp_path,
        auth,
        "https://tips.example",
        identities,
    )
    google = sign_in.providers["google"]
    assert (google.issuer, google.algorithms) == ("https://accounts.google.com", ("RS256",))
    assert (google.form_post, google.loose_verified) == (False, False)
    assert "planted" not in repr(google)
