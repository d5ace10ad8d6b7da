"""The endpoints next to Dagit and MLflow: GraphQL, GraphiQL, auth, REST, uploads, webhooks; the edge around them."""

import secrets
import time
from pathlib import Path

import dagster_webserver
import msgspec
from starlette.routing import BaseRoute, Route, Router, WebSocketRoute
from starlette.types import ASGIApp, Scope

from api.root import admin_schema
from api.transport.endpoint import GraphQLEndpoint
from api.transport.graphiql import graphiql
from api.transport.http import HttpTransport
from api.transport.websocket import WebSocketTransport
from contracts.access.caller import Caller
from kit.signed_messages import BadSecret
from kit.times import utc_now
from resources.judging.rounds.webhook_secrets import webhook_secrets
from resources.judging.rounds.webhooks import Webhooks
from resources.sql.audit_log import AuditTable
from services.auth.sessions.browser_policy import BrowserPolicy
from services.gateway.edge.idempotency_store import IdempotencyStore
from services.gateway.edge.middleware import caller_of, request_id_of
from services.gateway.edge.rate_limits import RateLimits
from services.gateway.panel.built_files import read_built
from services.gateway.panel.pages import panel_routes
from services.gateway.rest.bench import BenchContracts
from services.gateway.rest.front_page import front_page
from services.gateway.rest.home import HomeEndpoint
from services.gateway.rest.openapi import document
from services.gateway.rest.uploads import UploadEndpoint
from services.gateway.rest.webhooks import JudgeWebhook
from services.gateway.routes import GatewayEndpoints
from wiring.api_services import api_services_of
from wiring.container import Container
from wiring.keys import home_keys
from wiring.modules import declared_routes, schema_names
from wiring.modules.auth_endpoints import build_auth_site
from wiring.server.edge import edge_around, new_id
from wiring.settings import PACKAGE, SettingsError

SECRETS = "TIPBENCH_WEBHOOK_SECRETS"
PANEL = PACKAGE / "ui" / "dist"


class Endpoints:
    """The endpoints of one container, built once by the process that serves; `panel` is the folder of a built one."""

    def __init__(self, container: Container, panel: Path = PANEL) -> None:
        self._container, self._panel = container, panel
        self._endpoint = BrowserPolicy(frozenset({container.origin}))
        self._audit = AuditTable(container.database)
        self.services = api_services_of(container, self._audit)
        self.idempotency_store = IdempotencyStore(container.database, home_keys(container.bench.home).sealer, time.time)
        self._webhook = _webhook(container, self._audit)

    def routes(self) -> list[BaseRoute]:
        """Return all routes, for the application's router."""
        container = self._container
        built = {"auth": build_auth_site(container, self._endpoint, self._audit), "gateway": self._rest()}
        return [
            *panel_routes(read_built(self._panel), front_page(self.services.experiments)),
            *self._graphql(),
            *container.modules.routes(built, self._endpoint.may_change),
        ]

    def edge(self, app: Router, rates: RateLimits | None = None) -> ASGIApp:
        """Return what every request passes first; `rates` are the usual ones where none are given."""
        return edge_around(self._container, app, self._endpoint, self.idempotency_store, rates)

    def _graphql(self) -> list[BaseRoute]:
        origins = frozenset({self._container.origin})
        endpoint = GraphQLEndpoint(admin_schema(), self.services, who=_who, origins=origins, ids=request_id_of)
        files = Path(str(dagster_webserver.__file__)).parent / "graphiql"
        return [
            Route("/graphql", HttpTransport(endpoint)),
            WebSocketRoute("/graphql", WebSocketTransport(endpoint)),
            graphiql(_who, files),
        ]

    def _rest(self) -> GatewayEndpoints:
        container, telemetry = self._container, self._container.telemetry
        sink = telemetry.sink if telemetry else None
        described = document(declared_routes(), schema_names())
        return GatewayEndpoints(
            bench=BenchContracts(self.services.experiments, container.launches, self.services.rounds),
            home=HomeEndpoint(container.modules.sections(), clock=time.monotonic, sink=sink),
            metrics=telemetry.endpoint if telemetry else None,
            uploads=UploadEndpoint(self.services.uploads, audit=self._audit, now=utc_now, new_id=new_id),
            webhooks=self._webhook,
            description=msgspec.json.encode(described),
        )


def _webhook(container: Container, audit: AuditTable) -> JudgeWebhook:
    known = webhook_secrets(container.bench.home, container.keys.get(SECRETS))
    messages = Webhooks(container.bench, container.database, clock=time.time, random_bytes=secrets.token_bytes)
    try:
        return JudgeWebhook(messages, known, audit=audit, clock=time.time, now=utc_now, new_id=new_id)
    except BadSecret as error:
        raise SettingsError(f"{SECRETS}: {error}", (SECRETS,)) from None


async def _who(scope: Scope) -> Caller | None:
    return caller_of(scope)
