"""Answers: JSON, and refusals as problems."""

import asyncio
import json

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from contracts.refusals import Conflict, NotFound, Unavailable
from kit.http.access import Unauthenticated
from kit.http.answers import answering, json_answer, problem, status_of
from kit.http.bodies import TooLarge, TooSlow


class Thing(msgspec.Struct):
    """A record."""

    name: str


def test_an_answer_is_nobody_elses() -> None:
    """Records and plain values, never kept."""
    for value in (Thing("ü"), {"name": "ü"}):
        answer = json_answer(value, 202)
        assert (answer.status_code, answer.body) == (202, '{"name":"ü"}'.encode())
        assert answer.headers["cache-control"] == "private, no-store"


def test_a_refusal_is_a_problem_with_our_members() -> None:
    """Those of RFC 9457, ours, and what the endpoint adds; text that UTF-8 cannot hold is escaped."""
    answer = problem(Conflict("taken \ud800", ("a", "b")), {"request_id": "r1"})
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    assert json.loads(bytes(answer.body)) == {
        "type": "urn:tipbench:problem:conflict",
        "title": "Conflict",
        "status": 409,
        "detail": "taken \ud800",
        "code": "CONFLICT",
        "message": "taken \ud800",
        "path": ["a", "b"],
        "request_id": "r1",
    }


def test_a_problem_says_how_to_go_on() -> None:
    """When to ask again, how to say who one is, and that the rest of a body is not waited for."""
    assert problem(Unavailable("away")).headers["retry-after"] == "1"
    assert problem(Unauthenticated("who?")).headers["www-authenticate"] == "Bearer"
    for refusal in (TooLarge("no"), TooSlow("no")):
        assert problem(refusal).headers["connection"] == "close"
    assert {"retry-after", "www-authenticate", "connection"}.isdisjoint(problem(Conflict("no")).headers)


def test_time_that_the_request_took_is_the_clients() -> None:
    """408 for a slow body; a place may have a status of its own."""
    assert (status_of(TooSlow("slow")), problem(TooSlow("slow")).status_code) == (408, 408)
    own = problem(NotFound("no"), status=409)
    assert (own.status_code, json.loads(bytes(own.body))["status"]) == (409, 409)


def test_an_endpoint_raises_what_it_refuses() -> None:
    """And answers with what it gives."""

    async def endpoint(request: Request) -> Response:
        if request.method == "GET":
            return json_answer("found")
        raise NotFound("gone")

    async def statuses() -> list[int]:
        both = [Request({"type": "http", "method": method}) for method in ("GET", "PUT")]
        return [(await answering(endpoint)(request)).status_code for request in both]

    assert asyncio.run(statuses()) == [200, 404]
