import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from api.transport.endpoint import TransportLimits
from tests.api.memory_services import MemoryServices
from tests.api.serving import ORIGIN, asking, endpoint_of

ME = {"query": "{me}"}


def _sent(content: bytes | dict[str, Any], role: str | None = "admin", method: str = "POST", **headers: str) -> Any:
    """Status and body of one request to a fresh endpoint."""

    async def ask() -> tuple[int, Any, dict[str, str]]:
        async with asking(endpoint_of(MemoryServices()), role) as client:
            body = content if isinstance(content, bytes) else json.dumps(content).encode()
            given = {"content-type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
            answer = await client.request(method, "/graphql", content=body, headers=given)
            return answer.status_code, answer.json(), dict(answer.headers)

    return asyncio.run(ask())


def _code(body: Any) -> str:
    return str(body["errors"][0]["extensions"]["code"])


def test_one_post_has_one_answer_with_its_cost() -> None:
    """Data, cost and a request id; private and not sniffed."""
    status, body, headers = _sent(ME)
    assert (status, body["data"], body["extensions"]) == (200, {"me": "u-admin"}, {"cost": 10})
    assert headers["cache-control"] == "private, no-store"
    assert len(headers["x-request-id"]) == 32


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_only_post(method: str) -> None:
    """Every other method is 405 with Allow, also a GET that asks for an event stream."""

    async def ask() -> None:
        async with asking(endpoint_of(MemoryServices())) as client:
            query = "/graphql?query=subscription{runProgress(runId:1){message}}"
            answer = await client.request(method, query, headers={"accept": "text/event-stream"})
            assert answer.status_code == 405
            assert answer.headers["allow"] == "POST"

    asyncio.run(ask())


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "xapplication/jsonp",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "text/plain;application/json",
        "application/json;charset=utf-16",
        "",
    ],
)
def test_only_exact_json_is_read(kind: str) -> None:
    """No type that a form can send, none that merely contains application/json."""
    status, body, _ = _sent(ME, content_type=kind)
    assert (status, _code(body)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "body",
    [
        b"3",
        b"null",
        b'"x"',
        b"[" * 100_000,
        b'{"query":' * 5_000,
        b"\xff\xfe{}",
        b'{"query":"{me}","variables":{"x":NaN}}',
        b'{"query":"\\ud800"}',
        b"",
        b"{}",
        b'{"query":5}',
        b'{"query":""}',
        b'{"query":"{me}","variables":[]}',
        b'{"query":"{me}","variables":' + b'{"a":' * 65 + b"1" + b"}" * 65 + b"}",
        b'{"query":"{me}","operationName":4}',
        b'[{"query":"{me}"}]',
    ],
)
def test_bodies_that_are_no_request_are_coded(body: bytes) -> None:
    """3, null, "x", endless brackets, bad UTF-8, NaN, a lone surrogate, wrong types and batches: 400 as JSON."""
    status, answer, _ = _sent(body)
    assert (status, _code(answer)) == (400, "BAD_REQUEST")


def test_twenty_megabytes_are_refused_by_their_length() -> None:
    """413 from the header alone."""
    status, answer, _ = _sent(b" " * 20_000_000)
    assert (status, _code(answer)) == (413, "TOO_LARGE")


def test_a_body_without_a_length_is_counted() -> None:
    """Chunks stop at the limit."""

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(1_000):
            yield b" " * 1_000

    async def ask() -> None:
        async with asking(endpoint_of(MemoryServices())) as client:
            answer = await client.post("/graphql", content=chunks(), headers={"content-type": "application/json"})
            assert answer.status_code == 413

    asyncio.run(ask())


def test_a_body_that_never_ends_runs_out_of_time() -> None:
    """408 when it has not come in time."""

    async def chunks() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    async def ask() -> None:
        async with asking(endpoint_of(MemoryServices(), TransportLimits(body_time=0.05))) as client:
            answer = await client.post("/graphql", content=chunks(), headers={"content-type": "application/json"})
            assert (answer.status_code, _code(answer.json())) == (408, "TIMEOUT")

    asyncio.run(ask())


def test_nobody_is_unauthenticated_and_others_are_forbidden() -> None:
    """200 for clients of plain JSON, the status that says it for those of the newer type."""
    newer = "application/graphql-response+json"
    query = {"query": "{experiments{nodes{name}}}"}
    assert [_sent(query, None)[0], _code(_sent(query, None)[1])] == [200, "UNAUTHENTICATED"]
    assert [_sent(query, "user")[0], _code(_sent(query, "user")[1])] == [200, "FORBIDDEN"]
    assert "data" not in _sent(query, "user")[1]
    assert [_sent(query, role, accept=newer)[0] for role in (None, "user", "judge", "admin")] == [401, 403, 403, 200]
    assert _sent({"query": "{nope}"}, accept=newer)[0] == 400
    assert _sent(query, accept=newer)[2]["content-type"] == newer


def test_a_cookie_counts_only_from_our_own_pages() -> None:
    """Session and no Origin or a foreign one: 403; two credentials: 400; a foreign page with a token: 403."""
    cookie = {"cookie": "session=session-admin"}
    assert _sent(ME, None, **cookie)[0] == 403
    assert _sent(ME, None, origin="http://evil.example", **cookie)[0] == 403
    assert _sent(ME, None, origin=ORIGIN, **cookie)[1]["data"] == {"me": "u-admin"}
    assert _sent(ME, "admin", origin=ORIGIN, **cookie)[0] == 400
    assert _sent(ME, "admin", origin="null")[0] == 403


def test_two_operations_and_a_wrong_name_are_refused() -> None:
    """The first of two is not run silently; a name must be the operation's."""
    two = {"query": "query A{me} query B{me}"}
    assert _code(_sent(two)[1]) == "BAD_REQUEST"
    assert _code(_sent({**two, "operationName": "B"})[1]) == "BAD_REQUEST"
    assert _code(_sent({"query": "query A{me}", "operationName": "B"})[1]) == "BAD_REQUEST"
    assert _sent({"query": "query A{me}", "operationName": "A"})[1]["data"] == {"me": "u-admin"}


def test_a_subscription_by_plain_post_says_where_it_works() -> None:
    """BAD_REQUEST with the ways, not a null for a non-null field."""
    body = _sent({"query": 'subscription{runProgress(runId:"run-1"){message}}'})[1]
    assert _code(body) == "BAD_REQUEST"
    assert "text/event-stream" in body["errors"][0]["message"]


def test_half_a_surrogate_in_the_data_is_still_an_answer() -> None:
    """Text that UTF-8 cannot hold goes out as its escape."""
    services = MemoryServices()
    admin = services.auth.callers["token-admin"]
    services.auth.callers["token-odd"] = type(admin)("\ud800", admin.role, "token", "t-odd", admin.expires_at)

    async def ask() -> None:
        async with asking(endpoint_of(services), "odd") as client:
            answer = await client.post("/graphql", json=ME)
            assert answer.json()["data"] == {"me": "\ud800"}

    asyncio.run(ask())


@pytest.mark.parametrize(
    ("operation", "accepted", "coding"),
    [
        ("{%s: me}", "gzip, br", "gzip"),
        ("{%s: me}", "identity", None),
        ("{%s: me}", "gzip;q=0", None),
        ("{me}", "gzip", None),
        ('mutation {%s: rematerialize(experiment: "x") {__typename}}', "gzip", None),
    ],
)
def test_what_is_read_is_compressed_and_what_is_done_is_not(operation: str, accepted: str, coding: str | None) -> None:
    """For an answer to a change may hold a secret; small answers stay as they are."""
    query = operation.replace("%s", "a" * 2_000)
    status, body, headers = _sent({"query": query}, accept_encoding=accepted)
    assert (status, "errors" in body, headers.get("content-encoding")) == (200, False, coding)
    assert (int(headers["content-length"]) < 1_000) == (coding is not None or operation == "{me}")
    assert headers.get("vary") == (None if coding is None else "Accept-Encoding")
