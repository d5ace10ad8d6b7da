"""Every kind of endpoint answers every refusal as the one table says."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import httpx
import msgspec
import pytest
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route, Router
from starlette.types import Scope
from strawberry.utils.str_converters import to_camel_case

from api.execution.response import payload
from api.root import admin_schema
from api.transport.endpoint import GraphQLEndpoint
from api.transport.http import HttpTransport
from contracts.access.caller import Caller, Role
from contracts.refusals import Refusal
from contracts.routes import RouteSpec
from kit.refusals import PROBLEM, REFUSALS, WRONG_INPUT, refusal_of
from kit.signed_messages import signature, signing_key
from resources.rpc.client import Client
from resources.rpc.internal_tokens import Principal, Signer, Verifier
from resources.rpc.operations import operations
from resources.rpc.server import KINDS, RpcEndpoint
from services.auth import http as auth_http
from services.auth.oidc_client import http as sign_in_http
from services.auth.sessions.browser_policy import BrowserPolicy
from services.gateway.edge.middleware import EdgeMiddleware, EdgeRules
from services.gateway.rest import bench, uploads, webhooks
from services.gateway.rest.module_routes import RouteGuards, module_routes
from services.profile import routes as profile_routes
from services.profile.erasure.routes import ROUTES, UserData
from tests.api.memory_services import MemoryServices
from tests.api.serving import example
from tests.kit.refused import EVERY, MESSAGE, PATH, Refusing, row
from tests.option_errors import NAME, OPTION_ERRORS, raised_by
from tests.services.auth.site import site_of
from tests.serving import PRIVATE as KEY
from tests.serving import serving
from wiring.exit_codes import code_of, sentence_of

ORIGIN = "http://127.0.0.1:3000"
POLICY = BrowserPolicy(frozenset({ORIGIN}))
OURS = {"origin": ORIGIN, "x-tipbench": "1", "content-type": "application/json"}
ADMIN = Caller("admin-1", Role.ADMIN, "token", "token-1", 4e9)
SECRET = "whsec_" + "A" * 32
NOW = 1_800_000_000.0
GUARDS = RouteGuards(
    caller_of=lambda _: ADMIN, lately=lambda _: True, record=lambda *_: None, may_change=POLICY.may_change
)
SCHEMA = admin_schema()
VALUES = {"experiment": (NAME,), "extends": (NAME,), "models": ("KEY",)}
"""What a sentence says where the field's value, or the variable to set, says more than its name."""

every = pytest.mark.parametrize("refusal", EVERY, ids=repr)


class Log:
    """An audit log that keeps nothing."""

    def add(self, _: Any) -> None:
        """Forget it."""


def ask(app: Any, method: str, path: str, **given: Any) -> httpx.Response:
    """One request to an application in this process."""

    async def go() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client:
            return await client.request(method, path, **given)

    return asyncio.run(go())


def behind_the_edge(routes: Sequence[BaseRoute], refusal: Refusal | None = None) -> EdgeMiddleware:
    """The routes behind an edge that knows an admin, or that raises `refusal` when it looks for whom it knows."""

    async def found(_: Scope) -> Caller | None:
        if refusal is not None:
            raise refusal
        return ADMIN

    rules = EdgeRules(frozenset({ORIGIN.partition("://")[2]}))
    return EdgeMiddleware(
        Router(routes), rules, authenticate=found, may_change=POLICY.may_change, new_id=lambda: "request-1"
    )


def signed(body: bytes) -> dict[str, str]:
    """The headers of a message that is fresh now."""
    at = str(int(NOW))
    return {
        "webhook-id": "m1",
        "webhook-timestamp": at,
        "webhook-signature": signature(signing_key(SECRET), "m1", at, body),
    }


def routes_of(refusal: Refusal) -> list[BaseRoute]:
    """All endpoints of REST kind, over contracts that refuse."""
    stub: Any = Refusing(refusal)
    more: dict[str, Any] = {"audit": Log(), "now": lambda: "t", "new_id": lambda: "r1"}
    served: list[tuple[Sequence[RouteSpec], Any]] = [
        (bench.ROUTES, bench.BenchContracts(stub, stub, stub)),
        (uploads.ROUTES, uploads.UploadEndpoint(stub, **more)),
        (webhooks.ROUTES, webhooks.JudgeWebhook(stub, [SECRET], clock=lambda: NOW, **more)),
        (profile_routes.ROUTES, stub),
        (ROUTES, UserData(stub, stub)),
        (auth_http.ROUTES, site_of(stub, ORIGIN)),
    ]
    return [route for specs, service in served for route in module_routes(specs, service, GUARDS)]


REQUESTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "REST": ("GET", "/api/bench/experiments", {}),
    "a launch": ("POST", "/api/bench/run", {"json": {"experiment": "tip-bench-first"}}),
    "an upload": ("PUT", "/uploads/token", {"content": b"x"}),
    "a webhook": ("POST", "/webhooks/judge", {"content": b"{}", "headers": signed(b"{}")}),
    "profile": ("GET", "/v1/profile", {}),
    "an erasure": ("POST", "/v1/profile/erase", {"json": {}}),
    "auth": ("POST", "/auth/redeem", {"json": {"secret": "x"}, "headers": OURS}),
}


@every
@pytest.mark.parametrize("kind", REQUESTS)
def test_endpoints_answer_by_the_table(kind: str, refusal: Refusal) -> None:
    """The status, the media type, the code, what is said and the field."""
    method, path, given = REQUESTS[kind]
    answer = ask(behind_the_edge(routes_of(refusal)), method, path, **given)
    _assert_problem(answer, refusal)


@every
def test_the_edge_answers_by_the_table(refusal: Refusal) -> None:
    """For what stands before every endpoint, and for what an endpoint lets through."""

    async def through(_: Any) -> Any:
        raise refusal

    _assert_problem(ask(behind_the_edge([], refusal), "GET", "/"), refusal)
    _assert_problem(ask(behind_the_edge([Route("/", through)]), "GET", "/"), refusal)


def _assert_problem(answer: httpx.Response, refusal: Refusal) -> None:
    wanted, body = row(refusal), answer.json()
    assert (answer.status_code, body["status"]) == (wanted.status, wanted.status)
    assert answer.headers["content-type"] == PROBLEM
    assert (body["code"], body["message"], body["path"]) == (refusal.code, MESSAGE, list(PATH))
    if refusal.code != "RATE_LIMITED":  # whoever counts knows better
        assert answer.headers.get("retry-after") == (None if wanted.retry_s is None else str(wanted.retry_s))
    assert ("www-authenticate" in answer.headers) == (refusal.code == "UNAUTHENTICATED")


@every
def test_pages_of_signing_in_have_the_status_of_the_table(refusal: Refusal) -> None:
    """A browser reads them; a program finds the code in a header."""
    stub: Any = Refusing(refusal)
    site = site_of(stub, ORIGIN, sign_in=stub)
    answer = ask(Starlette(routes=module_routes(sign_in_http.ROUTES, site, GUARDS)), "GET", "/auth/login/google")
    assert (answer.status_code, answer.headers["x-tipbench-code"]) == (row(refusal).status, refusal.code)


@pytest.mark.parametrize("refusal", [each for each in EVERY if each.code not in {"TIMEOUT", "INTERNAL"}], ids=repr)
def test_graphql_says_the_code_and_the_member_of_the_table(refusal: Refusal) -> None:
    """As a member of a mutation's union where the table has one, else as an error; two codes are the API's own."""
    services = MemoryServices()
    services.launches.refuses = refusal
    context = services.context()
    text = 'mutation{rematerialize(experiment:"tip-bench-a"){__typename ...on Failure{code message path}}}'
    body = payload(asyncio.run(example().execute(text, {}, context)), context)
    failure = row(refusal).failure
    if failure is None:
        (error,) = body["errors"]
        assert (error["message"], error["extensions"]) == (MESSAGE, {"code": refusal.code, "path": list(PATH)})
    else:
        said = {"code": refusal.code, "message": MESSAGE, "path": list(PATH)}
        assert body["data"] == {"rematerialize": {"__typename": failure, **said}}


@pytest.mark.parametrize("refusal", [each for each in EVERY if each.code != "INCOMPLETE"], ids=repr)
def test_graphql_refuses_a_request_by_the_table(refusal: Refusal) -> None:
    """Before it looks at the document, in the shape of GraphQL's errors; who left is not answered."""

    async def who(_: Scope) -> Caller | None:
        raise refusal

    endpoint = GraphQLEndpoint(example(), MemoryServices().services, who, frozenset({ORIGIN}))
    app = Starlette(routes=[Route("/graphql", HttpTransport(endpoint))])
    answer = ask(app, "POST", "/graphql", json={"query": "{me}"})
    assert answer.status_code == row(refusal).status
    assert answer.json() == {"errors": [{"message": MESSAGE, "extensions": {"code": refusal.code}}]}


class Things(Protocol):
    """A contract."""

    def find(self) -> str:
        """Find something."""
        ...


@every
def test_a_refusal_crosses_the_wall_of_a_module_by_the_table(refusal: Refusal) -> None:
    """The wall has the table's status; the caller on this side gets code, words, field and the contract's class."""
    offered = operations(Things)
    endpoint = RpcEndpoint(Refusing(refusal), offered, Verifier(KEY.public_key(), "things", lambda: NOW).verify)
    token = Signer(KEY, lambda: NOW).sign("things", Principal())
    answer = ask(endpoint.app(), "POST", "/call/find", content=b"{}", headers={"authorization": f"Bearer {token}"})
    _assert_problem(answer, refusal)
    with serving(endpoint) as place:
        client: Any = Client("things", offered, place, Signer(KEY, lambda: NOW), RuntimeError)
        with pytest.raises(Refusal) as raised:
            client.find()
    assert (raised.value.code, raised.value.message, raised.value.path) == (refusal.code, MESSAGE, PATH)
    assert type(raised.value) is next(kind for kind in type(refusal).__mro__ if kind in KINDS.values())


@every
def test_commands_end_with_the_code_of_the_table(refusal: Refusal) -> None:
    """Also where the class is only known to its module."""
    assert code_of(refusal) == REFUSALS[refusal.code].exit_code


@pytest.mark.parametrize(("raising", "field"), OPTION_ERRORS)
def test_an_option_that_is_wrong_is_named_everywhere(raising: Callable[[], object], field: str) -> None:
    """GraphQL and REST have it as the path, in the spelling of each; a command says it, and exits by the table."""
    error = raised_by(raising)
    refusal = refusal_of(error)
    services = MemoryServices()
    services.launches.refuses = refusal
    context = services.context()
    context.caller = msgspec.structs.replace(ADMIN, subject=f"admin of {error}")  # launches are charged to their caller
    text = (
        f'mutation{{launchBenchmark(input:{{experiment:"{NAME}"}}){{__typename ...on Failure{{code message path}}}}}}'
    )
    body = payload(asyncio.run(SCHEMA.execute(text, {}, context)), context)
    said = {
        "__typename": row(refusal).failure,
        "code": error.code,
        "message": str(error),
        "path": [to_camel_case(field)],
    }
    assert body["data"] == {"launchBenchmark": said}
    method, path, given = REQUESTS["a launch"]
    answer = ask(behind_the_edge(routes_of(refusal)), method, path, **given)
    assert (answer.status_code, answer.headers["content-type"]) == (row(refusal).status, PROBLEM)
    assert [answer.json()[name] for name in ("code", "message", "path")] == [error.code, str(error), [field]]
    named = (field, field.removesuffix("s"), *VALUES.get(field, ()))
    assert any(name in sentence_of(error) for name in named)
    assert code_of(error) == WRONG_INPUT
