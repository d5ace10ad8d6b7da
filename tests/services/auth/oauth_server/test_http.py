import base64
import hashlib
import json
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from contracts.access.caller import Role
from services.auth.module import AuthModule
from services.auth.oauth_server.authorization_request import unpacked
from services.auth.tables import GRANTS
from tests.services.auth.browsing import ORIGIN
from tests.services.auth.conftest import Clock
from tests.services.auth.native import APP, REDIRECT, VERIFIER, App, answered, challenge_of, refused, with_app


def test_an_app_gets_tokens_for_the_user_who_allows_it(auth: AuthModule, clock: Clock, engine: sa.Engine) -> None:
    """Consent page, code by redirect with state and iss, tokens that act as that user; the row holds neither."""

    async def story(app: App) -> None:
        user = app.sign_in(Role.JUDGE)
        page = await app.authorize()
        assert page.status_code == 200
        assert "Tip &lt;app&gt;" in page.text
        assert user in page.text
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        location = (await app.decide(page)).json()["location"]
        assert location.startswith(f"{REDIRECT}?")
        given = answered(location)
        assert (set(given), given["state"], given["iss"]) == ({"code", "state", "iss"}, "s t&te", ORIGIN)
        answer = await app.exchange(given["code"])
        assert answer.headers["cache-control"] == "private, no-store"
        tokens = answer.json()
        assert {**tokens, "access_token": "", "refresh_token": ""} == {
            "access_token": "",
            "refresh_token": "",
            "token_type": "Bearer",
            "expires_in": 600,
        }
        me = (await app.me(tokens["access_token"])).json()
        assert (me["subject"], me["role"], me["via"]) == (user, "JUDGE", "token")
        assert app.allowed == [(user, APP.id, True)]
        with engine.connect() as connection:
            rows = str(connection.execute(sa.text("SELECT * FROM auth_grants, auth_refresh, auth_tokens")).all())
        assert not any(text in rows for text in (given["code"], *map(str, tokens.values())) if len(text) > 10)
        clock.now += 606
        assert (await app.me(tokens["access_token"])).status_code == 401

    with_app(auth, clock, story)


def test_who_is_not_signed_in_signs_in_first_and_comes_back(auth: AuthModule, clock: Clock) -> None:
    """To the sign-in page with a path of ours as `next`, which asks the same; a bearer token is no session."""

    async def story(app: App) -> None:
        answer = await app.authorize()
        assert answer.status_code == 303
        then = parse_qs(urlsplit(answer.headers["location"]).query)["next"][0]
        assert then.startswith("/auth/authorize?r=")
        assert unpacked(then.partition("r=")[2]) == app.query()
        app.sign_in()
        page = await app.browser.get(then)
        assert answered((await app.decide(page)).json()["location"])["code"]
        token = (await app.tokens())["access_token"]
        app.browser.cookies.clear()
        app.browser.headers["Authorization"] = f"Bearer {token}"
        assert (await app.authorize()).status_code == 422
        assert (await app.decide(page)).status_code == 401

    with_app(auth, clock, story)


@pytest.mark.parametrize("redirect", [REDIRECT, "http://127.0.0.1:1/signed-in", "http://127.0.0.1:65535/signed-in"])
def test_a_configured_redirect_is_taken(auth: AuthModule, clock: Clock, redirect: str) -> None:
    """The scheme exactly, 127.0.0.1 at any port; the code is bound to the very text."""

    async def story(app: App) -> None:
        app.sign_in()
        code = await app.code(redirect_uri=redirect)
        refused(await app.exchange(code, redirect_uri="http://127.0.0.1:7/signed-in"), "invalid_grant")
        assert (await app.exchange(code, redirect_uri=redirect)).status_code == 200

    with_app(auth, clock, story)


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "unknown"},
        {"client_id": None},
        {"redirect_uri": None},
        {"redirect_uri": "com.example.tips:/signed-in/"},
        {"redirect_uri": "com.example.tips:/signed-in?x=1"},
        {"redirect_uri": "COM.example.tips:/signed-in"},
        {"redirect_uri": "com.example.tips://signed-in"},
        {"redirect_uri": "https://evil.example/signed-in"},
        {"redirect_uri": "http://localhost/signed-in"},
        {"redirect_uri": "http://127.0.0.1:0/signed-in"},
        {"redirect_uri": "http://127.0.0.1:65536/signed-in"},
        {"redirect_uri": "http://127.0.0.1:80@evil.example/signed-in"},
        {"redirect_uri": "http://127.0.0.1.evil.example/signed-in"},
        {"redirect_uri": "http://127.0.0.1:80/signed-in#x"},
        {"redirect_uri": "http://127.0.0.1:80/other"},
        {"redirect_uri": "http://127.0.0.1:80/signed-in\n"},
        {"redirect_uri": "http://[::1]:80/signed-in"},
        {"state": "s" * 513},
        {"more": "m" * 1_600},
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_configured(
    auth: AuthModule, clock: Clock, changed: dict[str, str | None]
) -> None:
    """A page says so; there is no redirect, signed in or not, and no consent is asked."""

    async def story(app: App) -> None:
        for _ in range(2):
            answer = await app.authorize(**changed)
            assert (answer.status_code, "location" in answer.headers) == (422, False)
            assert "Allow" not in answer.text
            app.sign_in()

    with_app(auth, clock, story)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"scope": "openid"}, "invalid_scope"),
    ],
)
def test_a_request_that_cannot_be_served_goes_back_as_an_error(
    auth: AuthModule, clock: Clock, changed: dict[str, str | None], error: str
) -> None:
    """By redirect, with state and iss; also when a page posts it in spite of that."""

    async def story(app: App) -> None:
        app.sign_in()
        answer = await app.authorize(**changed)
        given = answered(answer.headers["location"])
        assert (answer.status_code, given["error"], given["state"], given["iss"]) == (303, error, "s t&te", ORIGIN)
        raw = base64.urlsafe_b64encode(app.query(**changed).encode()).decode().rstrip("=")
        posted = await app.browser.post(
            "/auth/authorize", json={"request": raw, "allow": True}, headers={"Origin": ORIGIN}
        )
        assert answered(posted.json()["location"])["error"] == error

    with_app(auth, clock, story)


def test_a_parameter_twice_is_refused(auth: AuthModule, clock: Clock) -> None:
    """Of client or redirect by a page, of the rest by redirect, at the token endpoint as invalid_request."""

    async def story(app: App) -> None:
        for name, status in (("client_id", 422), ("redirect_uri", 422), ("state", 422), ("code_challenge", 303)):
            value = parse_qs(app.query())[name][0]
            answer = await app.browser.get(f"/auth/authorize?{app.query()}&{name}={value}")
            assert answer.status_code == status, name
        body = f"grant_type=refresh_token&refresh_token=a&refresh_token=a&client_id={APP.id}"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        refused(await app.phone.post("/auth/token", content=body, headers=headers), "invalid_request")

    with_app(auth, clock, story)


def test_consent_needs_our_own_page_and_may_be_denied(auth: AuthModule, clock: Clock, engine: sa.Engine) -> None:
    """Another site's POST is refused, nothing is granted; a denial is told to the app and to the server."""

    async def story(app: App) -> None:
        user = app.sign_in()
        page = await app.authorize()
        foreign = await app.decide(page, Origin="https://evil.example")
        assert (foreign.status_code, foreign.json()["code"]) == (403, "FOREIGN_ORIGIN")
        given = answered((await app.decide(page, allow=False)).json()["location"])
        assert (given["error"], given["iss"]) == ("access_denied", ORIGIN)
        assert app.allowed == [(user, APP.id, False)]
        broken = await app.browser.post(
            "/auth/authorize", json={"request": "§", "allow": 1}, headers={"Origin": ORIGIN}
        )
        assert broken.status_code == 422

    with_app(auth, clock, story)
    with engine.connect() as connection:
        assert connection.execute(sa.select(GRANTS)).all() == []


def test_the_token_endpoint_names_its_errors(auth: AuthModule, clock: Clock) -> None:
    """As RFC 6749 does, never a token, never cached."""

    async def story(app: App) -> None:
        app.sign_in()
        refused(await app.token(grant_type=None), "invalid_request")
        refused(await app.token(grant_type="password"), "unsupported_grant_type")
        refused(await app.token(grant_type="authorization_code"), "invalid_request")
        refused(await app.token(grant_type="refresh_token"), "invalid_request")
        refused(await app.refresh("short"), "invalid_grant")
        refused(await app.refresh("t" * 43), "invalid_grant")
        refused(await app.refresh("t" * 43, scope="all"), "invalid_scope")
        refused(await app.refresh("t" * 43, client_id="unknown"), "invalid_client", 401)
        refused(await app.refresh("t" * 43, client_secret="x"), "invalid_client", 401)
        refused(await app.exchange("no code"), "invalid_grant")
        refused(await app.phone.post("/auth/token", json={"grant_type": "refresh_token"}), "invalid_request")
        assert (await app.phone.get("/auth/token")).status_code == 405

    with_app(auth, clock, story)


@pytest.mark.parametrize("header", [{"Origin": ORIGIN}, {"Sec-Fetch-Site": "same-origin"}, {"Cookie": "a=b"}])
def test_a_browser_receives_no_token(auth: AuthModule, clock: Clock, header: dict[str, str]) -> None:
    """Not even our own page; the code is still the app's."""

    async def story(app: App) -> None:
        app.sign_in()
        code = await app.code()
        app.phone.headers.update(header)
        refused(await app.exchange(code), "unauthorized_client", 403)
        for name in header:
            del app.phone.headers[name]
        assert (await app.exchange(code)).status_code == 200

    with_app(auth, clock, story)


def test_the_metadata_name_what_there_is(auth: AuthModule, clock: Clock) -> None:
    """RFC 8414, and each address answers there."""

    async def story(app: App) -> None:
        said = (await app.phone.get("/.well-known/oauth-authorization-server")).json()
        assert said["issuer"] == ORIGIN
        assert said["code_challenge_methods_supported"] == ["S256"]
        assert said["token_endpoint_auth_methods_supported"] == ["none"]
        assert (await app.phone.get(said["jwks_uri"])).status_code == 200
        assert (await app.phone.get(said["authorization_endpoint"])).status_code == 422
        for name in ("token_endpoint", "revocation_endpoint"):
            refused(await app.phone.post(said[name], data={"client_id": "x"}), "invalid_client", 401)

    with_app(auth, clock, story)


def test_an_access_token_verifies_by_the_published_keys(auth: AuthModule, clock: Clock) -> None:
    """Its header names a key of the set, and its audience is ours."""

    async def story(app: App) -> None:
        app.sign_in()
        access = (await app.tokens())["access_token"]
        head, body = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in access.split(".")[:2])
        keys = (await app.phone.get("/auth/jwks.json")).json()["keys"]
        assert head["kid"] in {key["kid"] for key in keys}
        assert body["aud"] == "tipbench-admin"

    with_app(auth, clock, story)


def test_s256_is_what_rfc_7636_says() -> None:
    """The example of its appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert hashlib.sha256(VERIFIER.encode()).digest()
