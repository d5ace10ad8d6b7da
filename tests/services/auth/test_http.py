import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import jwt
import pytest
from jwt.types import Options

from contracts.access.caller import Role
from services.auth.module import AuthModule
from tests.services.auth.conftest import Clock
from tests.services.auth.site import app_of, site_of

ORIGIN = "http://127.0.0.1:3000"
OURS = {"Origin": ORIGIN, "X-Tipbench": "1", "Content-Type": "application/json"}
Call = tuple[str, str, dict[str, str], bytes]


def _call(auth: AuthModule, *calls: Call, origin: str = ORIGIN) -> list[httpx.Response]:
    """The answers to calls made one after the other by one browser, with its cookies."""

    async def run() -> list[httpx.Response]:
        async with _browser(auth, origin) as browser:
            return [
                await browser.request(verb, path, headers=headers, content=body) for verb, path, headers, body in calls
            ]

    return asyncio.run(run())


def _browser(auth: AuthModule, origin: str = ORIGIN) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app_of(site_of(auth, origin))), base_url=origin)


def _redeem(secret: str, headers: dict[str, str] | None = None) -> Call:
    return ("POST", "/auth/redeem", OURS if headers is None else headers, b'{"secret": "%s"}' % secret.encode())


def test_a_browser_signs_in_is_known_and_signs_out(auth: AuthModule, clock: Clock) -> None:
    """The whole way on plain loopback, with the cookie's attributes."""
    calls: list[Call] = [
        ("GET", "/auth/me", {}, b""),
        _redeem(auth.local_link().secret),
        ("GET", "/auth/me", {}, b""),
        ("POST", "/auth/sign-out", OURS, b""),
        ("GET", "/auth/me", {}, b""),
        ("POST", "/auth/sign-out", OURS, b""),
    ]
    before, redeemed, me, out, after, again = _call(auth, *calls)
    assert [answer.status_code for answer in (before, redeemed, me, out, after, again)] == [
        401,
        200,
        200,
        204,
        401,
        204,
    ]
    assert before.json()["code"] == "UNAUTHENTICATED"
    cookie = redeemed.headers["set-cookie"]
    assert cookie.startswith("tipbench_session=")
    assert {part.strip() for part in cookie.split(";")[1:]} == {"HttpOnly", "Max-Age=1209600", "Path=/", "SameSite=lax"}
    assert redeemed.headers["cache-control"] == me.headers["cache-control"] == "private, no-store"
    assert me.json() == {
        "subject": "local-admin",
        "role": "ADMIN",
        "judge": None,
        "via": "session",
        "expires_at": datetime.fromtimestamp(clock.now + 12 * 3600, UTC).isoformat(timespec="microseconds"),
    }
    assert 'tipbench_session=""; ' in out.headers["set-cookie"]
    assert "Max-Age=0" in out.headers["set-cookie"]


def test_over_https_the_cookie_is_bound_to_the_host(auth: AuthModule) -> None:
    """`__Host-` needs Secure, Path=/ and no Domain."""
    origin = "https://tips.example"
    calls: list[Call] = [_redeem(auth.local_link().secret, {**OURS, "Origin": origin}), ("GET", "/auth/me", {}, b"")]
    redeemed, me = _call(auth, *calls, origin=origin)
    cookie = redeemed.headers["set-cookie"]
    assert cookie.startswith("__Host-tipbench_session=")
    assert "; Secure" in cookie
    assert "; Path=/" in cookie
    assert "Domain" not in cookie
    assert me.status_code == 200


def test_the_session_that_a_browser_brings_is_never_kept(auth: AuthModule) -> None:
    """A planted cookie is replaced by a fresh secret, also when it is a live session."""
    planted = auth.redeem(auth.local_link().secret).secret
    headers = {**OURS, "Cookie": f"tipbench_session={planted}"}
    (answer,) = _call(auth, _redeem(auth.invite(Role.JUDGE, "alice", "local-admin").secret, headers))
    assert answer.json()["judge"] == "alice"
    assert planted not in answer.headers["set-cookie"]


def test_looking_at_a_page_spends_nothing(auth: AuthModule) -> None:
    """GET and HEAD, as prefetchers and mail scanners do, leave the link whole; the secret is in no URL that is sent."""
    link = auth.local_link()
    calls: list[Call] = [
        (verb, f"/auth/{page}?secret={link.secret}", {}, b"")
        for verb in ("GET", "HEAD")
        for page in ("link", "invitation", "redeem")
    ]
    answers = _call(auth, *calls)
    assert [answer.status_code for answer in answers] == [200, 200, 405, 200, 200, 405]
    assert "default-src 'none'" in answers[0].headers["content-security-policy"]
    assert answers[0].headers["cache-control"] == "private, no-store"
    assert link.secret not in answers[0].text
    assert auth.redeem(link.secret).caller.role == Role.ADMIN


def test_one_of_twenty_parallel_posts_wins(auth: AuthModule) -> None:
    """One cookie, nineteen 404."""
    link = auth.local_link()

    async def run() -> list[httpx.Response]:
        async with _browser(auth) as browser:
            _, path, headers, body = _redeem(link.secret)
            posts = [browser.post(path, headers=headers, content=body) for _ in range(20)]
            return list(await asyncio.gather(*posts))

    answers = asyncio.run(run())
    assert sorted(answer.status_code for answer in answers) == [200] + [404] * 19
    assert {answer.json()["code"] for answer in answers if answer.status_code == 404} == {"NOT_FOUND"}
    assert sum("set-cookie" in answer.headers for answer in answers) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Tipbench": "1", "Content-Type": "application/json"},
        {**OURS, "Origin": "http://127.0.0.1:8080"},
        {**OURS, "Origin": "null"},
        {"Origin": ORIGIN, "Content-Type": "text/plain;application/json"},
    ],
)
def test_a_foreign_page_signs_nobody_in_or_out(auth: AuthModule, headers: dict[str, str]) -> None:
    """403 before anything is spent or ended."""
    link, session = auth.local_link(), auth.redeem(auth.local_link().secret)
    cookie = {"Cookie": f"tipbench_session={session.secret}"}
    redeemed, out = _call(auth, _redeem(link.secret, headers), ("POST", "/auth/sign-out", {**headers, **cookie}, b""))
    assert (redeemed.status_code, out.status_code) == (403, 403)
    assert redeemed.json()["code"] == out.json()["code"] == "FOREIGN_ORIGIN"
    assert "set-cookie" not in redeemed.headers
    assert auth.is_live(session.caller)
    assert auth.redeem(link.secret).caller.role == Role.ADMIN


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"3", 422),
        (b"null", 422),
        (b'"x"', 422),
        (b"{}", 422),
        (b'{"secret": 3}', 422),
        (b'{"secret": null}', 422),
        (b'{"secret": "x", "role": "ADMIN"}', 422),
        (b"[" * 4000, 422),
        (b'{"secret": "\xff"}', 400),
        (b'{"secret": "\\ud800"}', 400),
        (b'{"secret": "x"}', 404),
        (b'{"secret": "' + b"x" * 5000 + b'"}', 413),
        (b"x" * 2_000_000, 413),
    ],
)
def test_a_body_that_is_none_gets_a_code(auth: AuthModule, body: bytes, status: int) -> None:
    """No body ends in a 500, and none is quoted."""
    (answer,) = _call(auth, ("POST", "/auth/redeem", OURS, body))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    members = {"type", "title", "status", "detail", "code", "message", "path"}
    assert set(answer.json()) - {"request_id"} == members


def test_a_script_asks_and_signs_out_by_token(auth: AuthModule) -> None:
    """A bearer token needs no Origin, since no browser adds it by itself; afterwards it is revoked."""
    bearer = {"Authorization": f"Bearer {auth.issue_token(Role.JUDGE, 60, 'alice')}"}
    calls: list[Call] = [
        ("GET", "/auth/me", bearer, b""),
        ("POST", "/auth/sign-out", bearer, b""),
        ("GET", "/auth/me", bearer, b""),
    ]
    me, out, after = _call(auth, *calls)
    assert (me.json()["role"], me.json()["judge"], me.json()["via"]) == ("JUDGE", "alice", "token")
    assert (out.status_code, after.status_code) == (204, 401)
    assert after.headers["www-authenticate"] == "Bearer"


def test_two_credentials_are_a_400(auth: AuthModule) -> None:
    """A cookie beside a token, at each route that asks who one is."""
    both = {**OURS, "Authorization": "Bearer a", "Cookie": "tipbench_session=b"}
    answers = _call(auth, ("GET", "/auth/me", both, b""), ("POST", "/auth/sign-out", both, b""))
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(400, "AMBIGUOUS_CREDENTIALS")] * 2


def test_a_lost_store_is_a_503(auth: AuthModule, clock: Clock, lose_store: Callable[[], None]) -> None:
    """Nobody is told that they are signed out, and no driver's text comes through."""
    link, session = auth.local_link(), auth.redeem(auth.local_link().secret)
    lose_store()
    clock.now += 1
    cookie = {**OURS, "Cookie": f"tipbench_session={session.secret}"}
    calls: list[Call] = [
        ("GET", "/auth/me", cookie, b""),
        ("POST", "/auth/sign-out", cookie, b""),
        _redeem(link.secret),
    ]
    for answer in _call(auth, *calls):
        assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE")
        assert answer.headers["retry-after"] == "1"
        assert "sqlite" not in answer.text


def test_the_public_keys_are_published(auth: AuthModule) -> None:
    """What verifies our tokens, without the private half, to be kept for five minutes."""
    token = auth.issue_token(Role.USER, 60)
    (answer,) = _call(auth, ("GET", "/auth/jwks.json", {}, b""))
    assert answer.headers["cache-control"] == "public, max-age=300"
    (key,) = answer.json()["keys"]
    assert set(key) == {"kty", "crv", "x", "kid", "alg", "use"}
    options: Options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
    claims = jwt.decode(token, jwt.PyJWK(key), ["EdDSA"], options, audience="tipbench-admin", issuer="tipbench")
    assert claims["sub"] == "service-user"


def test_redeeming_ends_the_session_that_the_browser_brought(auth: AuthModule) -> None:
    """Whosever it was; one of another browser goes on, and a link of no use ends nothing."""
    first, other = (auth.redeem(auth.invite(Role.USER, None, "tester").secret).secret for _ in range(2))
    cookie = {**OURS, "Cookie": f"tipbench_session={first}"}
    assert [answer.status_code for answer in _call(auth, _redeem("a" * 43, cookie))] == [404]
    assert auth.by_session(first) is not None
    assert [answer.status_code for answer in _call(auth, _redeem(auth.local_link().secret, cookie))] == [200]
    assert auth.by_session(first) is None
    assert auth.by_session(other) is not None
