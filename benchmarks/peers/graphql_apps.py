"""The same list of 12-field rows behind each GraphQL server; run as a module it serves one of them on one core.

usage: python -m benchmarks.peers.graphql_apps tipbench|strawberry|ariadne|plain PORT CORE
"""

import os
import sys
from collections.abc import Callable
from typing import Any, cast

import msgspec
import orjson
import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from strawberry.asgi import GraphQL

from api.connection import First
from api.context import ApiServices
from api.execution.memory import settle
from api.fields import query
from api.limits.rate_limits import TokenRate
from api.schema import build_schema
from api.transport.endpoint import GraphQLEndpoint, Scope
from api.transport.http import HttpTransport
from contracts.access.caller import Caller, Role
from kit.http.headers import header_of
from services.gateway.edge.middleware import EdgeMiddleware, EdgeRules

FIELDS = "id name state nCells nScenarios nTips coverage score low provisional extends maxCost"
QUERY = f"query Rows($n:Int!){{rows(first:$n){{{FIELDS}}}}}"
TOKEN = "bench"  # noqa: S105 - of nobody


class Row(msgspec.Struct, frozen=True):
    """Three texts, three integers, three floats, a boolean, two that may be null."""

    id: str
    name: str
    state: str
    n_cells: int
    n_scenarios: int
    n_tips: int
    coverage: float
    score: float
    low: float
    provisional: bool
    extends: str | None
    max_cost: float | None


ROWS = [
    Row(str(n), f"tip-bench-{n:05}", "judged", n, 20, 3, n / 1_000, 3 + n / 999, 2.5, n % 2 == 0, None, n / 7)
    for n in range(1_000)
]


def body(count: int) -> bytes:
    """The request for so many rows."""
    return orjson.dumps({"query": QUERY, "variables": {"n": count}})


def _declared(decorate: Callable[[type], type]) -> type:
    made = msgspec.structs.fields(Row)
    types = {each.name: strawberry.ID if each.name == "id" else each.type for each in made}
    return decorate(type("Row", (), {"__annotations__": types, "is_type_of": lambda row, _: isinstance(row, Row)}))


CALLER = Caller("u", Role.ADMIN, "token", "t", 4e9)


async def _who(scope: Scope) -> Caller | None:
    return CALLER if header_of(scope, "authorization") == f"Bearer {TOKEN}" else None


def edged(app: Any, port: int) -> EdgeMiddleware:
    """The app behind the edge that every request of the product passes: host, size, caller, origin, headers, time."""
    hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
    return EdgeMiddleware(app, EdgeRules(hosts), authenticate=_who, may_change=lambda *_: True, new_id=lambda: "bench")


def tipbench_app() -> Any:
    """Ours with every guard on: caller, origin, sizes, plan, roles, rate, masking, cost."""
    shown = _declared(strawberry.type)

    class Queries:
        @query(Role.ADMIN, "Rows.", list[shown])  # type: ignore[valid-type] # made above
        async def rows(self, first: First) -> list[Row]:
            return ROWS[:first]

    schema = build_schema([Queries], rate=TokenRate(1e12, 1e12))
    endpoint = HttpTransport(GraphQLEndpoint(schema, cast("ApiServices", None), _who, frozenset()))
    return Starlette(routes=[Route("/graphql", endpoint)])


def strawberry_app() -> Any:
    """Stock Strawberry, its own ASGI app."""
    shown = _declared(strawberry.type)

    def rows(first: int) -> list[Any]:
        return ROWS[:first]

    root = type("Query", (), {"__annotations__": {}, "rows": strawberry.field(resolver=rows, graphql_type=list[shown])})  # type: ignore[valid-type] # made above
    return Starlette(routes=[Route("/graphql", GraphQL(strawberry.Schema(strawberry.type(root))))])


SDL = """
type Row { id: ID! name: String! state: String! nCells: Int! nScenarios: Int! nTips: Int! coverage: Float!
  score: Float! low: Float! provisional: Boolean! extends: String maxCost: Float }
type Query { rows(first: Int!): [Row!]! }
"""


def ariadne_app() -> Any:
    """Ariadne, its own ASGI app."""
    from ariadne import QueryType, make_executable_schema
    from ariadne.asgi import GraphQL as AriadneGraphQL

    root = QueryType()
    root.set_field("rows", lambda *_, first: ROWS[:first])
    schema = make_executable_schema(SDL, root, convert_names_case=True)
    return Starlette(routes=[Route("/graphql", cast("Any", AriadneGraphQL(schema)), methods=["POST"])])


def plain_app() -> Any:
    """No GraphQL at all: the body is parsed and the rows are written."""

    async def rows(request: Request) -> Response:
        call = orjson.loads(await request.body())
        found = [msgspec.structs.asdict(row) for row in ROWS[: call["variables"]["n"]]]
        return Response(orjson.dumps({"data": {"rows": found}}), media_type="application/json")

    return Starlette(routes=[Route("/graphql", rows, methods=["POST"])])


APPS: dict[str, Callable[[], Any]] = {
    "tipbench": tipbench_app,
    "strawberry": strawberry_app,
    "ariadne": ariadne_app,
    "plain": plain_app,
}


def main() -> None:
    """Serve until killed."""
    name, port, core = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    os.sched_setaffinity(0, {core})
    app = APPS[name]()
    if name == "tipbench":
        app = edged(app, port)
        settle()
    uvicorn.run(app, port=port, log_level="critical", access_log=False, lifespan="off")


if __name__ == "__main__":
    main()
