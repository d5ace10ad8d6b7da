"""The edge."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route, Router
from starlette.types import Scope

from contracts.access.caller import Caller, Role
from contracts.refusals import Refusal, Unavailable
from services.gateway.edge.middleware import EdgeMiddleware, EdgeRules, caller_of, request_id_of
from tests.virtual_time import run_in_virtual_time

HOST = "127.0.0.1:3000"
OWN = {"host": HOST, "origin": f"http://{HOST}", "x-tipbench": "1"}
SECRET = "the row that failed"
ANSWER_S, PATIENT_S = 60.0, 200.0


async def who(request: Request) -> Response:
    """Says what the edge found."""
    caller = caller_of(request.scope)
    await request.body()
    return JSONResponse({"subject": caller.subject if caller else None, "id": request_id_of(request.scope)})


async def fail(_: Request) -> Response:
    """A defect with a value in its message."""
    raise KeyError(SECRET)


async def full(_: Request) -> Response:
    """It writes to a disk without room."""
    raise OSError(28, "No space left on device", "/data/of/somebody")


async def slow(_: Request) -> Response:
    """Never answers in time."""
    await asyncio.Event().wait()
    return Response()


async def late(_: Request) -> Response:
    """Answers when most endpoints would have been given up."""
    await asyncio.sleep(PATIENT_S - 1)
    return Response("late")


async def stream(_: Request) -> Response:
    """Answers at once and goes on for longer than the edge waits for an answer to begin."""

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(4):
            await asyncio.sleep(ANSWER_S / 2)
            yield b"part"

    return StreamingResponse(parts())


async def found(scope: Scope) -> Caller | None:
    """A cookie's or token's caller, as the header `who` says."""
    wanted = dict(scope["headers"]).get(b"who", b"").decode()
    if wanted == "away":
        raise Unavailable("no store")
    if wanted == "both":
        raise Refusal("two credentials", code="AMBIGUOUS_CREDENTIALS")
    if wanted in {"session", "token"}:
        return Caller("u1", Role.ADMIN, wanted, "c1", 2e9)
    return None


def own_pages(method: str, headers: Mapping[str, str]) -> bool:
    """The rule of auth's endpoint, for one origin."""
    return method in {"GET", "HEAD"} or (headers.get("origin") == OWN["origin"] and headers.get("x-tipbench") == "1")


def ask(method: str, path: str, *, content: bytes | None = None, **headers: str) -> httpx.Response:
    """One request through the edge, in virtual time; underscores in header names become dashes."""
    routes = [
        Route("/who", who, methods=["GET", "POST"]),
        Route("/uploads/x", who, methods=["PUT"]),
        Route("/webhooks/judge", who, methods=["POST"]),
        Route("/fail", fail),
        Route("/full", full),
        Route("/slow", slow),
        Route("/patient/late", late),
        Route("/patient/slow", slow),
        Route("/stream", stream),
    ]
    listed = frozenset({"https://app.example"})
    aliases = {"localhost:3000": f"http://{HOST}"}
    rules = EdgeRules(
        frozenset({HOST}),
        body_bytes=1000,
        answer_s=ANSWER_S,
        patient={"/patient/": PATIENT_S},
        cors_origins=listed,
        aliases=aliases,
    )
    app = EdgeMiddleware(Router(routes), rules, authenticate=found, may_change=own_pages, new_id=lambda: "made-here")

    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            return await client.request(method, path, content=content, headers=sent)

    return run_in_virtual_time(run())


def test_a_request_passes_with_its_caller_and_id() -> None:
    """Endpoints find who asks; every answer carries the id and the secure headers."""
    answer = ask("GET", "/who", who="token", x_request_id="given-by-me")
    assert answer.json() == {"subject": "u1", "id": "given-by-me"}
    assert answer.headers["x-request-id"] == "given-by-me"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert ask("GET", "/who", x_request_id="no\tgood").json() == {"subject": None, "id": "made-here"}


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:3000.evil.example", ""])
def test_other_hosts_are_misdirected(host: str) -> None:
    """A name that resolves to this address does not make it ours."""
    assert ask("GET", "/who", host=host).status_code == 421


@pytest.mark.parametrize("mode", ["", "navigate"])
def test_whoever_opens_a_page_under_localhost_is_sent_on(mode: str) -> None:
    """To the same path and query at the one origin, before anything is looked up; the method stays."""
    said = {"sec_fetch_mode": mode} if mode else {}
    for method in ("GET", "HEAD"):
        answer = ask(method, "/who%20is?a=%2Fb&c", host="localhost:3000", who="away", content=None, **said)
        assert (answer.status_code, answer.headers["location"]) == (308, f"http://{HOST}/who%20is?a=%2Fb&c")
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("method", "host", "mode"),
    [
        ("POST", "localhost:3000", "navigate"),
        ("GET", "localhost:3000", "cors"),
        ("GET", "localhost:3000", "no-cors"),
        ("GET", "localhost:3001", "navigate"),
        ("GET", "localhost", "navigate"),
        ("GET", "evil.localhost:3000", "navigate"),
        ("GET", "localhost:3000, localhost:3000", "navigate"),
    ],
)
def test_nothing_else_is_sent_on(method: str, host: str, mode: str) -> None:
    """What a page fetches, what changes something, and every other host is misdirected."""
    answer = ask(method, "/who", host=host, sec_fetch_mode=mode)
    assert (answer.status_code, "location" in answer.headers) == (421, False)


def test_a_cookie_changes_nothing_for_a_foreign_page() -> None:
    """Unsafe methods of a session need our origin and header; reads, tokens and nobody do not."""
    assert ask("POST", "/who", who="session", origin="http://127.0.0.1:4000").json()["code"] == "FOREIGN_ORIGIN"
    assert ask("POST", "/who", who="session").status_code == 403
    assert ask("POST", "/who", who="session", origin=OWN["origin"], x_tipbench="1").status_code == 200
    assert ask("GET", "/who", who="session").status_code == 200
    assert ask("POST", "/who", who="token").status_code == 200


def test_endpoints_with_their_own_proof_see_no_caller() -> None:
    """A cookie sent to a webhook or upload does not count there."""
    assert ask("POST", "/webhooks/judge", who="session").json()["subject"] is None
    assert ask("PUT", "/uploads/x", who="away").status_code == 200


def test_without_the_store_nobody_is_let_in() -> None:
    """503 with Retry-After, not the role of before; two credentials are 400."""
    away = ask("GET", "/who", who="away")
    assert (away.status_code, away.json()["code"], away.headers["retry-after"]) == (503, "UNAVAILABLE", "1")
    assert ask("GET", "/who", who="both").status_code == 400


def test_large_bodies_are_refused_declared_or_counted() -> None:
    """By length, and by what really comes; uploads count their own."""
    assert ask("POST", "/who", content=b"x" * 1001).json()["code"] == "TOO_LARGE"
    assert ask("POST", "/who", content=b"x" * 1001, content_length="10").status_code == 413
    assert ask("POST", "/who", content=b"x" * 1000).status_code == 200
    assert ask("PUT", "/uploads/x", content=b"x" * 5000).status_code == 200


def test_a_defect_is_masked(caplog: pytest.LogCaptureFixture) -> None:
    """No text of it reaches the client or the log, only its kind under the id."""
    answer = ask("GET", "/fail")
    assert (answer.status_code, answer.json()["code"]) == (500, "INTERNAL")
    assert SECRET not in answer.text + caplog.text
    assert "made-here failed: KeyError" in caplog.text


def test_a_full_disk_is_no_defect(caplog: pytest.LogCaptureFixture) -> None:
    """503 with Retry-After, whatever endpoint could not write; the file is not named."""
    answer = ask("GET", "/full")
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "UNAVAILABLE", "1")
    assert "/data/of" not in answer.text + caplog.text


def test_a_silent_endpoint_is_given_up_and_a_stream_is_not() -> None:
    """The time counts until the answer begins."""
    assert ask("GET", "/slow").json()["code"] == "TIMEOUT"
    assert ask("GET", "/stream").text == "part" * 4


def test_an_endpoint_may_have_a_limit_of_its_own() -> None:
    """It is waited for so long and no longer; the others are not."""
    assert ask("GET", "/patient/late").text == "late"
    assert ask("GET", "/patient/slow").json()["code"] == "TIMEOUT"


def test_whoever_asks_is_looked_up_once() -> None:
    """One question to auth a request, whatever the endpoints behind ask; none for what is turned away before it."""
    paths: list[str] = []

    async def count(scope: Scope) -> Caller | None:
        paths.append(scope["path"])
        return await found(scope)

    async def twice(request: Request) -> Response:
        return JSONResponse([caller_of(request.scope) is caller_of(request.scope)])

    app = EdgeMiddleware(
        Router([Route("/twice", twice)]),
        EdgeRules(frozenset({HOST})),
        authenticate=count,
        may_change=own_pages,
        new_id=lambda: "made-here",
    )

    async def run() -> list[int]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=f"http://{HOST}") as client:
            answered = [
                await client.get("/twice", headers={"who": "token", "host": host}) for host in (HOST, "evil.example")
            ]
            return [answer.status_code for answer in answered]

    assert (asyncio.run(run()), paths) == ([200, 421], ["/twice"])


def test_refusals_are_problems() -> None:
    """RFC 9457, with our members beside its own."""
    answer = ask("GET", "/who", host="evil.example")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:tipbench:problem:misdirected",
        "title": "Misdirected Request",
        "status": 421,
        "detail": "this host is not served here",
        "code": "MISDIRECTED",
        "message": "this host is not served here",
        "path": [],
        "request_id": "made-here",
    }


def test_a_trace_is_returned() -> None:
    """The client's trace with our span, also with a refusal; a new one for whoever has none."""
    given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    for host in (HOST, "evil.example"):
        answered = ask("GET", "/who", traceparent=given, host=host).headers["traceparent"]
        assert answered[:36] == given[:36]
        assert answered[36:52] != given[36:52]
    assert ask("GET", "/who").headers["traceparent"] != ask("GET", "/who").headers["traceparent"]


def test_another_sites_page_gets_nothing_with_a_cookie() -> None:
    """Sec-Fetch-Site decides where a GET has no Origin; following a link is fine, and tokens are no cookies."""
    assert ask("GET", "/who", who="session", sec_fetch_site="cross-site").json()["code"] == "FOREIGN_ORIGIN"
    assert ask("GET", "/who", who="session", sec_fetch_site="same-site").status_code == 403
    assert ask("GET", "/who", who="session", sec_fetch_site="cross-site", sec_fetch_mode="navigate").status_code == 200
    assert ask("GET", "/who", who="session", sec_fetch_site="same-origin").status_code == 200
    assert ask("GET", "/who", who="token", sec_fetch_site="cross-site").status_code == 200


def test_listed_origins_may_ask_and_read() -> None:
    """A preflight is answered for them alone; answers and refusals carry their origin."""
    listed, preflight = "https://app.example", "POST"
    answered = ask("OPTIONS", "/who", origin=listed, access_control_request_method=preflight)
    assert (answered.status_code, answered.headers["access-control-allow-origin"]) == (204, listed)
    assert "idempotency-key" in answered.headers["access-control-allow-headers"]
    foreign = ask("OPTIONS", "/who", origin="https://evil.example", access_control_request_method=preflight)
    assert (foreign.status_code, "access-control-allow-origin" in foreign.headers) == (405, False)
    assert ask("GET", "/who", who="token", origin=listed).headers["vary"] == "Origin"
    assert ask("POST", "/who", who="session", origin=listed, x_tipbench="1").status_code == 403
