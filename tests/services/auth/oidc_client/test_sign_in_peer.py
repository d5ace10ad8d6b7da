"""Signing in with a certified provider, oidc-provider, run by Node on loopback."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from contracts.access.oidc import Provider
from resources.oidc import OidcClient
from services.auth.module import AuthModule
from services.auth.oidc_client.identities import Identities
from services.auth.oidc_client.login_transactions import proofs_of
from services.auth.oidc_client.sign_in import SignIn
from services.auth.tokens.signing_keys import KeyRing
from tests.deadline import DEADLINE_S
from tests.ports import reserved_port
from tests.services.auth.browsing import ORIGIN, Visit
from tests.services.auth.node_peer import at_the_provider, provider_running

REDIRECTS = [f"{ORIGIN}/auth/callback/{name}" for name in ("peer", "public")]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The provider's issuer, once it listens."""
    with reserved_port() as port, provider_running("provider.mjs", port, *REDIRECTS):
        yield f"http://127.0.0.1:{port}"


def _visit(auth: AuthModule, identities: Identities, issuer: str) -> Visit:
    known = [
        Provider(
            name="peer",
            label="Peer",
            issuer=issuer,
            client_id="tipbench",
            secret=lambda _: "planted secret+/%",
        ),
        Provider(name="public", label="Public", issuer=issuer, client_id="public"),
    ]
    return Visit(SignIn(auth, OidcClient(wait_s=DEADLINE_S), known, ORIGIN, identities=identities), auth, None)


@pytest.fixture
def live(engine: sa.Engine, keys: KeyRing) -> AuthModule:
    """Auth by the machine's clock, as the provider's tokens are."""
    return AuthModule(engine, keys, clock=time.time)


async def _through(visit: Visit, name: str, login: str, **changed: Any) -> tuple[httpx.Response, dict[str, str]]:
    begun = await visit.browser.get(f"/auth/login/{name}")
    given = await at_the_provider(begun.headers["location"], login)
    return await visit.browser.get(f"/auth/callback/{name}", params={**given, **changed}), given


def test_a_person_signs_in_with_a_certified_provider(live: AuthModule, identities: Identities, issuer: str) -> None:
    """Discovery, PKCE, code, token and keys against oidc-provider, as a confidential and as a public client."""

    async def run() -> None:
        visit = _visit(live, identities, issuer)
        async with visit.browser:
            answer, given = await _through(visit, "peer", "alice")
            assert (answer.status_code, given["iss"]) == (303, issuer)
            first = await visit.me()
            assert first["role"] == "USER"
            answer, _ = await _through(visit, "peer", "bert")
            assert (await visit.me())["subject"] != first["subject"]
            answer, _ = await _through(visit, "public", "alice")
            assert answer.status_code == 303
            assert (await visit.me())["subject"] == first["subject"]
            assert visit.events == ["new", "new", "known"]

    asyncio.run(run())


def test_another_issuer_in_the_answer_is_refused(live: AuthModule, identities: Identities, issuer: str) -> None:
    """oidc-provider promises `iss`, so that a wrong and a missing one are both refused."""

    async def run() -> None:
        visit = _visit(live, identities, issuer)
        async with visit.browser:
            answer, _ = await _through(visit, "peer", "alice", iss="https://elsewhere.example")
            assert (answer.status_code, answer.headers["x-tipbench-code"]) == (400, "SIGN_IN_REFUSED")
            begun = await visit.browser.get("/auth/login/peer")
            given = await at_the_provider(begun.headers["location"], "alice")
            del given["iss"]
            answer = await visit.browser.get("/auth/callback/peer", params=given)
            assert (answer.status_code, answer.headers["x-tipbench-code"]) == (400, "SIGN_IN_REFUSED")

    asyncio.run(run())


def test_the_provider_refuses_another_browsers_code_and_a_spent_one(
    live: AuthModule, identities: Identities, issuer: str
) -> None:
    """A stolen code comes with another verifier, a spent one buys nothing: the provider says no, and so do we."""

    async def run() -> None:
        victim, thief = _visit(live, identities, issuer), _visit(live, identities, issuer)
        async with victim.browser, thief.browser:
            begun = await victim.browser.get("/auth/login/public")
            stolen = await at_the_provider(begun.headers["location"], "alice")
            await thief.browser.get("/auth/login/public")
            state = proofs_of(thief.browser.cookies["tipbench_attempt"]).state
            answer = await thief.browser.get("/auth/callback/public", params={**stolen, "state": state})
            assert (answer.status_code, answer.headers["x-tipbench-code"]) == (400, "SIGN_IN_REFUSED")
            _, spent = await _through(victim, "public", "alice")
            await victim.browser.get("/auth/login/public")
            state = proofs_of(victim.browser.cookies["tipbench_attempt"]).state
            answer = await victim.browser.get("/auth/callback/public", params={**spent, "state": state})
            assert (answer.status_code, answer.headers["x-tipbench-code"]) == (400, "SIGN_IN_REFUSED")

    asyncio.run(run())


def test_the_provider_wants_a_challenge(issuer: str) -> None:
    """Without PKCE the public client gets no code: what we send is what it asks for."""
    query = {"client_id": "public", "response_type": "code", "scope": "openid", "redirect_uri": REDIRECTS[1]}
    answer = httpx.get(f"{issuer}/auth", params={**query, "state": "s"}, timeout=DEADLINE_S)
    assert "error=invalid_request" in answer.headers.get("location", "") + answer.text


def test_a_wrong_client_secret_is_refused(live: AuthModule, identities: Identities, issuer: str) -> None:
    """The provider checks it; nobody is signed in and the page quotes nothing."""

    async def run() -> None:
        bad = Provider(name="peer", label="Peer", issuer=issuer, client_id="tipbench", secret=lambda _: "planted-wrong")
        sign_in = SignIn(live, OidcClient(wait_s=DEADLINE_S), [bad], ORIGIN, identities=identities)
        visit = Visit(sign_in, live, None)
        async with visit.browser:
            answer, _ = await _through(visit, "peer", "alice")
            assert (answer.status_code, answer.headers["x-tipbench-code"]) == (400, "SIGN_IN_REFUSED")
            assert "planted-wrong" not in answer.text

    asyncio.run(run())
