"""Repeated requests, through the edge."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from resources.privacy.user_key_file import UserKeyFile
from resources.privacy.user_keys import UserKeys
from resources.sql.engine import open_engine
from services.gateway.edge.idempotency import LARGEST, REPEATS, IdempotencyMiddleware
from services.gateway.edge.idempotency_store import IdempotencyStore
from services.gateway.edge.middleware import EdgeMiddleware, EdgeRules
from services.gateway.edge.route_templates import Templates
from services.gateway.tables import METADATA
from tests.deadline import DEADLINE_S
from tests.services.gateway.recording_app import ORIGIN, caller_of


class Notes:
    """An app with a listed endpoint that counts what it does, behind the edge; `status` and `size` are its answer's."""

    def __init__(self, idempotency_store: IdempotencyStore) -> None:
        self.done: list[bytes] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self.status, self.size, self.repeats = 200, 0, b""
        self.fails, self.reached, self.waits = False, asyncio.Event(), asyncio.Event()
        routes = [Route("/notes/{name}", self.note, methods=["PUT", "POST"])]
        repeats = IdempotencyMiddleware(
            Router(routes), idempotency_store, Templates(routes), frozenset({"PUT /notes/{name}"})
        )

        async def found(scope: Any) -> Any:
            return caller_of(scope)

        self.edge = EdgeMiddleware(
            repeats,
            EdgeRules(frozenset({ORIGIN.partition("://")[2]})),
            authenticate=found,
            may_change=lambda *_: True,
            new_id=lambda: "made-here",
        )

    async def note(self, request: Request) -> Response:
        """Does something each time it is reached."""
        self.done.append(await request.body())
        self.reached.set()
        self.meanwhile()
        if request.path_params["name"] == "slow":
            await self.waits.wait()
        if self.fails:
            raise KeyError("a defect")
        if self.repeats:
            request.scope[REPEATS].append(self.repeats)
        headers = {"etag": f'"{len(self.done)}"', "x-other": "1"}
        return JSONResponse({"n": len(self.done), "more": "x" * self.size}, self.status, headers)

    async def ask(
        self, key: str | None = "k", body: bytes = b"{}", method: str = "PUT", path: str = "/notes/a", who: str = "user"
    ) -> httpx.Response:
        """One request."""
        headers = {"x-who": who, **({} if key is None else {"idempotency-key": key})}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self.edge), base_url=ORIGIN) as client:
            return await client.request(method, path, content=body, headers=headers)

    def each(self, *requests: dict[str, Any]) -> list[httpx.Response]:
        """Answers in turn."""

        async def go() -> list[httpx.Response]:
            return [await self.ask(**one) for one in requests]

        return asyncio.run(go())


@pytest.fixture
def notes(tmp_path: Path) -> Iterator[Notes]:
    """Fresh ones, on a real database and key store."""
    engine, keys = (
        open_engine(f"sqlite:///{tmp_path / 'tipbench.db'}"),
        UserKeys(UserKeyFile(tmp_path / "keys.db"), b"k" * 32),
    )
    METADATA.create_all(engine)
    yield Notes(IdempotencyStore(engine, keys, lambda: 1.0))
    engine.dispose()
    keys.close()


def test_the_same_request_is_done_once(notes: Notes) -> None:
    """The stored answer comes again with a mark, its own header fields and a fresh request id."""
    first, again = notes.each({}, {})
    assert (first.json()["n"], again.content, again.status_code) == (1, first.content, 200)
    assert ("idempotency-replayed" in first.headers, again.headers["idempotency-replayed"]) == (False, "true")
    assert (again.headers["etag"], "x-other" in again.headers) == ('"1"', False)
    assert again.headers["x-content-type-options"] == "nosniff"
    assert len(notes.done) == 1


def test_a_repeat_may_get_less_than_the_first_answer(notes: Notes) -> None:
    """What an endpoint says for repeats is stored in place of its answer, which goes out as it is."""
    notes.repeats = b'{"n": 1}'
    first, again = notes.each({}, {})
    assert (first.json(), again.json()) == ({"n": 1, "more": ""}, {"n": 1})
    assert again.headers["idempotency-replayed"] == "true"
    assert len(notes.done) == 1


def test_the_key_is_the_users_and_the_requests(notes: Notes) -> None:
    """Another person, key or no key does it again; another body or path under the key is 422."""
    notes.each({}, {"who": "judge"}, {"key": "l"}, {"key": None}, {"key": None})
    assert len(notes.done) == 5
    for other in ({"body": b"[]"}, {"path": "/notes/b"}, {"path": "/notes/a?x=1"}):
        answer = notes.each(other)[0]
        assert (answer.status_code, answer.json()["code"], answer.json()["path"]) == (
            422,
            "KEY_REUSED",
            ["Idempotency-Key"],
        )
    assert len(notes.done) == 5


@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "x" * 201])
def test_a_key_that_is_none_is_refused(notes: Notes, key: str) -> None:
    """1 to 200 printable ASCII characters."""
    headers = [(b"x-who", b"user"), (b"idempotency-key", key.encode("latin-1"))]

    async def go() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=notes.edge), base_url=ORIGIN) as client:
            return await client.put("/notes/a", headers=headers)

    assert asyncio.run(go()).json()["code"] == "INVALID_INPUT"
    assert notes.done == []


def test_what_is_not_listed_or_of_nobody_is_done_each_time(notes: Notes) -> None:
    """Another method, and a caller whom nobody knows."""
    notes.each({"method": "POST"}, {"method": "POST"}, {"who": ""}, {"who": ""})
    assert len(notes.done) == 4


def test_what_failed_may_be_tried_again(notes: Notes) -> None:
    """A refusal and a defect free the key; so does an answer that is too large to keep, which arrives whole."""
    notes.status = 409
    assert notes.each({}, {})[1].status_code == 409
    notes.status, notes.fails = 200, True
    assert notes.each({})[0].status_code == 500
    notes.fails, notes.size = False, LARGEST
    large = notes.each({}, {})
    assert [len(answer.json()["more"]) for answer in large] == [LARGEST, LARGEST]
    assert len(notes.done) == 5


def test_meanwhile_the_key_is_in_progress(notes: Notes) -> None:
    """409 with Retry-After; afterwards the answer."""

    async def go() -> list[httpx.Response]:
        first = asyncio.create_task(notes.ask(path="/notes/slow"))
        async with asyncio.timeout(DEADLINE_S):
            await notes.reached.wait()
        meanwhile = await notes.ask(path="/notes/slow")
        notes.waits.set()
        return [meanwhile, await first, await notes.ask(path="/notes/slow")]

    meanwhile, first, again = asyncio.run(go())
    assert (meanwhile.status_code, meanwhile.json()["code"], meanwhile.headers["retry-after"]) == (
        409,
        "IN_PROGRESS",
        "1",
    )
    assert (first.status_code, again.content) == (200, first.content)
    assert len(notes.done) == 1


def test_without_the_database_nothing_is_done_twice(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Away before: 503, and nothing is done. Away afterwards: what was done is answered, and the key stays busy."""
    engine, keys = (
        open_engine(f"sqlite:///{tmp_path / 'tipbench.db'}"),
        UserKeys(UserKeyFile(tmp_path / "keys.db"), b"k" * 32),
    )
    notes = Notes(IdempotencyStore(engine, keys, lambda: 1.0))
    answer = notes.each({})[0]
    assert (answer.status_code, answer.json()["code"], notes.done) == (503, "UNAVAILABLE", [])
    METADATA.create_all(engine)
    notes.meanwhile = lambda: METADATA.drop_all(engine)
    assert notes.each({})[0].status_code == 200
    assert "an answer could not be kept: OperationalError" in caplog.text
    engine.dispose()
    keys.close()
