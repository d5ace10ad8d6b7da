"""The doors beside Dagit and MLflow: GraphQL, GraphiQL, auth, REST, uploads and webhooks, and the edge around all."""

import time
from collections.abc import Mapping
from pathlib import Path

import dagster_webserver
from starlette.routing import BaseRoute, Route, Router, WebSocketRoute
from starlette.types import ASGIApp, Scope

from api.asgi import GraphQLEndpoint
from api.door import Door as ApiDoor
from api.graphiql import graphiql
from api.root import admin_schema
from contracts.access import Caller
from resources.audit import AuditTable
from resources.home import Home
from resources.judging.room import JudgingRoom
from resources.judging.webhook_secrets import webhook_secrets
from services.auth.door import Door
from services.gateway.bench import BenchDoor
from services.gateway.edge import caller_of, request_id_of
from services.gateway.front import front_page
from services.gateway.home import HomeDoor
from services.gateway.openapi import openapi
from services.gateway.rates import RateLimits
from services.gateway.replies import Replies
from services.gateway.signatures import BadSecret
from services.gateway.uploads import UploadDoor
from services.gateway.webhooks import JudgeWebhook
from wiring.auth_doors import AuthDoors
from wiring.desk import desk_of
from wiring.edge import edge_around, new_id
from wiring.house import utc_now
from wiring.house_keys import house_keys
from wiring.parts import Parts
from wiring.settings import SettingsError

SECRETS = "TIPBENCH_WEBHOOK_SECRETS"


class Doors:
    """Built once by whoever serves."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._door = Door(frozenset({parts.origin}))
        self._audit = AuditTable(parts.database)
        self.desk, self._rounds = desk_of(parts, self._audit)
        self.replies = Replies(parts.database, house_keys(parts.house.home).sealer, time.time)
        self._webhook = _webhook(self._rounds, parts.house.home, parts.keys, self._audit)

    def routes(self) -> list[BaseRoute]:
        """All of them, for the application's router."""
        return [
            front_page(),
            *self._graphql(),
            *AuthDoors(self._parts, self._door, self._audit).routes(),
            UploadDoor(self._rounds, audit=self._audit, now=utc_now, new_id=new_id).route(),
            self._webhook.route(),
            *self._rest(),
        ]

    def edge(self, app: Router, rates: RateLimits | None = None) -> ASGIApp:
        """What every request passes first; `rates` are the usual ones where none are given."""
        return edge_around(self._parts, app, self._door, self.replies, rates)

    def _graphql(self) -> list[BaseRoute]:
        origins = frozenset({self._parts.origin})
        endpoint = GraphQLEndpoint(ApiDoor(admin_schema(), self.desk, who=_who, origins=origins, ids=request_id_of))
        files = Path(str(dagster_webserver.__file__)).parent / "graphiql"
        return [Route("/graphql", endpoint), WebSocketRoute("/graphql", endpoint), graphiql(_who, files)]

    def _rest(self) -> list[BaseRoute]:
        parts, watching = self._parts, self._parts.watching
        bench = BenchDoor(self.desk.experiments, parts.launches, self._audit, now=utc_now)
        watcher = watching.watcher if watching else None
        home = HomeDoor(parts.profile.sections(), clock=time.monotonic, watcher=watcher)
        metrics = [watching.door] if watching else []
        return [*bench.routes(), home.route(), openapi(), *parts.profile.routes(), *metrics]


def _webhook(rounds: JudgingRoom, home: Home, keys: Mapping[str, str], audit: AuditTable) -> JudgeWebhook:
    known = webhook_secrets(home, keys.get(SECRETS))
    try:
        return JudgeWebhook(rounds, known, audit=audit, clock=time.time, now=utc_now, new_id=new_id)
    except BadSecret as error:
        raise SettingsError(f"{SECRETS}: {error}") from None


async def _who(scope: Scope) -> Caller | None:
    return caller_of(scope)
