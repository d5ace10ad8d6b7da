"""The endpoint of a module alone: who may call, what is read of a call, what comes back."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any, Protocol

import httpx
import msgspec
import pytest

from contracts.modules.sealing import Erased
from contracts.refusals import Conflict, Forbidden, NotFound, Unavailable
from contracts.trace import TRACEPARENT
from resources.rpc.client import Client, ModuleAddress
from resources.rpc.internal_tokens import ACTING, Principal, Signer, Verifier
from resources.rpc.operations import operations
from resources.rpc.server import KINDS, LARGEST, RpcEndpoint
from tests.deadline import DEADLINE_S
from tests.serving import PRIVATE, serving

NOW = 1_800_000_000.0


class Thing(msgspec.Struct, frozen=True):
    """A record of the contract."""

    name: str
    size: int | None = None


class Things(Protocol):
    """A contract."""

    def find(self, user: str, sizes: dict[str, int], most: int = 5) -> list[Thing]:
        """Things."""
        ...

    def lose(self, how: str) -> None:
        """Raise."""
        ...


class ThingModule:
    """What carries it out."""

    def find(self, user: str, sizes: dict[str, int], most: int = 5) -> list[Thing]:
        """One a size."""
        return [Thing(f"{user} {name}", size) for name, size in sizes.items()][:most]

    def lose(self, how: str) -> None:
        """As asked."""
        failures = {
            "conflict": Conflict("taken", ("name",)),
            "missing": NotFound("nothing"),
            "away": Unavailable("the store is away"),
            "erased": Erased("the key was destroyed"),
            "defect": RuntimeError("planted-secret"),
        }
        raise failures[how]

    def hidden(self) -> str:
        """In no contract."""
        return "planted-secret"


OFFERED = operations(Things)


def _endpoint(now: float = NOW, seen: list[Principal] | None = None) -> RpcEndpoint:
    def allowed(principal: Principal, _: str, given: Any) -> bool:
        (seen if seen is not None else []).append(principal)
        return given.get("user") in {None, principal.subject} or principal.role == "INTERNAL"

    return RpcEndpoint(ThingModule(), OFFERED, Verifier(PRIVATE.public_key(), "things", lambda: now).verify, allowed)


def _ask(
    path: str, headers: Any, body: bytes = b"{}", method: str = "POST", endpoint: RpcEndpoint | None = None
) -> Any:
    async def go() -> httpx.Response:
        app = (endpoint or _endpoint()).app()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://module") as client:
            return await client.request(method, path, headers=headers, content=body)

    return asyncio.run(go())


def _bearer(
    module: str = "things", principal: Principal | None = None, private: Any = PRIVATE, now: float = NOW
) -> dict[str, str]:
    token = Signer(private, lambda: now).sign(module, principal or Principal())
    return {"Authorization": f"Bearer {token}"}


def _others() -> Iterator[Any]:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    yield {}
    yield {"Authorization": "Bearer "}
    yield {"Authorization": _bearer()["Authorization"].replace("Bearer", "Basic")}
    yield _bearer(private=Ed25519PrivateKey.generate())
    yield _bearer(now=NOW - 3600)
    yield _bearer(now=NOW + 3600)
    yield _bearer("auth")
    yield [("Authorization", _bearer()["Authorization"]), ("Authorization", _bearer()["Authorization"])]
    yield {"X-Internal-Token": _bearer()["Authorization"], "X-User": "user-1", "X-Role": "ADMIN"}


@pytest.mark.parametrize("headers", list(_others()))
def test_without_the_gateways_token_nobody_is_answered(headers: Any) -> None:
    """None, a forged one, an expired one, another module's, two of them: 401 before anything else is looked at."""
    for path in ("/call/find", "/call/nothing"):
        answer = _ask(path, headers)
        assert (answer.status_code, answer.content) == (401, b"")


def test_headers_that_name_somebody_are_not_read() -> None:
    """Who asks is what the token says."""
    seen: list[Principal] = []
    principal = Principal("user-1", "USER", "request-1")
    forged = {"X-User": "user-2", "X-Role": "ADMIN", "X-Forwarded-User": "user-2", "X-Request-Id": "other"}
    answer = _ask(
        "/call/find",
        {**_bearer(principal=principal), **forged},
        b'{"user":"user-1","sizes":{}}',
        endpoint=_endpoint(seen=seen),
    )
    assert (answer.status_code, seen) == (200, [principal])
    other = _ask("/call/find", {**_bearer(principal=principal), **forged}, b'{"user":"user-2","sizes":{}}')
    assert other.status_code == 403


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/call/hidden", b"{}", 404),
        ("/call/__init__", b"{}", 404),
        ("/call/find", b"", 422),
        ("/call/find", b'{"user":"u"}', 422),
        ("/call/find", b'{"user":"u","sizes":{},"more":1}', 422),
        ("/call/find", b'{"user":1,"sizes":{}}', 422),
        ("/call/find", b"x" * (LARGEST + 1), 413),
        ("/call/find", b"[" * 100_000, 422),
    ],
)
def test_only_the_contract_is_offered(path: str, body: bytes, status: int) -> None:
    """Another method, a body of another form, or too large a one."""
    answer = _ask(path, _bearer(), body)
    assert answer.status_code == status
    assert "planted" not in answer.text


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b'{"user":"u"}', ["sizes"]),
        (b'{"user":"u","sizes":{},"more":1}', ["more"]),
        (b'{"user":1,"sizes":{}}', ["user"]),
        (b"[", []),
    ],
)
def test_the_parameter_to_blame_is_named(body: bytes, path: list[str]) -> None:
    """What is no JSON has none."""
    assert _ask("/call/find", _bearer(), body).json()["path"] == path


def test_a_get_changes_nothing() -> None:
    """Calls are POST alone; the health check needs no token."""
    assert _ask("/call/find", _bearer(), b"", "GET").status_code == 405
    assert _ask("/healthz", {}, b"", "GET").text == "ok"


@pytest.fixture
def client() -> Iterator[Any]:
    """Over a real socket."""
    with serving(_endpoint()) as place:
        yield Client("things", OFFERED, place, Signer(PRIVATE, lambda: NOW), lambda name: Unavailable(f"no {name}"))


def test_records_come_back_as_records(client: Any) -> None:
    """With defaults, by position or by name, from many threads."""
    assert client.find("user-1", {"a": 1, "b": 2}) == [Thing("user-1 a", 1), Thing("user-1 b", 2)]
    assert client.find(user="user-1", sizes={"ü\u2028": 1}, most=1) == [Thing("user-1 ü\u2028", 1)]
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(client.find("u", {"a": 1}))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S)
    assert found == [[Thing("u a", 1)]] * 8
    with pytest.raises(TypeError):
        client.find("user-1")
    with pytest.raises(AttributeError):
        client.hidden()


def test_failures_come_back_as_themselves(client: Any) -> None:
    """Their class, words and field; a defect is masked and looks like a module that is away."""
    with pytest.raises(Conflict, match="taken") as refused:
        client.lose("conflict")
    assert refused.value.path == ("name",)
    for how, kind in (("missing", NotFound), ("away", Unavailable), ("erased", Erased)):
        with pytest.raises(kind):
            client.lose(how)
    with pytest.raises(Unavailable, match=r"^no lose$"):
        client.lose("defect")


def test_the_principal_of_a_request_goes_along(client: Any) -> None:
    """What the edge said of this request, and of no other."""
    token = ACTING.set(Principal("user-1", "USER", "request-1"))
    try:
        assert client.find("user-1", {}) == []
        with pytest.raises(Forbidden):
            client.find("user-2", {})
    finally:
        ACTING.reset(token)
    assert client.find("user-2", {}) == []


def test_a_module_that_is_away_is_said_so() -> None:
    """Nobody listens, and a wrong key."""
    away = Client(
        "things", OFFERED, ModuleAddress(socket="/nonexistent/x.sock"), Signer(PRIVATE, lambda: NOW), Unavailable
    )
    with pytest.raises(Unavailable):
        away.find("u", {})
    with serving(_endpoint(NOW + 3600)) as place, pytest.raises(Unavailable):
        Client("things", OFFERED, place, Signer(PRIVATE, lambda: NOW), Unavailable).find("u", {})


def test_every_refusal_of_the_contracts_can_cross() -> None:
    """A class that is not known here would be a defect there."""
    assert {"InvalidInput", "NotFound", "Conflict", "Forbidden", "Unavailable"} <= set(KINDS)


def test_the_trace_of_the_request_goes_along() -> None:
    """Whoever carries the call out is in the gateway's trace; what is no trace, or none, is none."""
    given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    class Traced:
        def find(self, **_: Any) -> list[Thing]:
            return [Thing(str(TRACEPARENT.get()))]

    endpoint = RpcEndpoint(Traced(), OFFERED, Verifier(PRIVATE.public_key(), "things", lambda: NOW).verify)
    with serving(endpoint) as place:
        client = Client("things", OFFERED, place, Signer(PRIVATE, lambda: NOW), RuntimeError)
        for trace, found in ((given, given), (None, "None"), (given.upper(), "None")):
            token = TRACEPARENT.set(trace)
            try:
                assert client.find("anna", {}) == [Thing(found)]
            finally:
                TRACEPARENT.reset(token)
