"""The doors beside Dagit and MLflow: GraphQL, GraphiQL, auth, uploads and webhooks, and the edge around all."""

import secrets
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import dagster_webserver
import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.routing import BaseRoute, Route, Router, WebSocketRoute
from starlette.types import ASGIApp, Scope

from api.asgi import GraphQLEndpoint
from api.context import Desk
from api.door import Door as ApiDoor
from api.graphiql import graphiql
from api.root import admin_schema
from contracts.access import Caller, Role
from contracts.audit import AuditEntry
from contracts.launches import Launches
from resources.admin.experiments import LakeExperiments
from resources.admin.records import ExperimentRecords
from resources.admin.shelf import CatalogShelf
from resources.audit import AuditTable
from resources.calls.tokens import ASKING, Asker
from resources.home import Home
from resources.house import House
from resources.judging.room import JudgingRoom
from resources.judging.webhook_secrets import webhook_secrets
from resources.oidc import OidcClient
from services.auth.apps_http import apps_routes
from services.auth.caller import RememberingAuth, authenticate
from services.auth.clients import NativeClient
from services.auth.door import Door as AuthDoor
from services.auth.grants import Grants
from services.auth.http import auth_routes
from services.auth.module import AuthModule
from services.auth.native_http import NativeDoor
from services.auth.sessions_http import session_routes
from services.auth.sign_in import Arrived, SignIn
from services.auth.sign_in_http import CALLBACK, sign_in_routes
from services.gateway.bench import BenchDoor
from services.gateway.edge import Edge, EdgeRules, caller_of, request_id_of
from services.gateway.front import front_page
from services.gateway.home import HomeDoor
from services.gateway.openapi import openapi
from services.gateway.rates import RateLimits
from services.gateway.repeats import Repeats
from services.gateway.replies import Replies
from services.gateway.signatures import BadSecret
from services.gateway.templates import Templates
from services.gateway.uploads import UploadDoor
from services.gateway.webhooks import JudgeWebhook
from wiring.auth import build_identities
from wiring.house import utc_now
from wiring.house_keys import house_keys
from wiring.profile import ProfileRoom
from wiring.settings import SettingsError, UpTable
from wiring.watching import Watching

SECRETS = "TIPBENCH_WEBHOOK_SECRETS"


def new_id() -> str:
    """A request's id, random."""
    return secrets.token_hex(8)


class Doors:
    """Built once by the server; `origin` is where browsers find it."""

    def __init__(
        self,
        house: House,
        database: sa.Engine,
        auth: AuthModule,
        launches: Launches,
        origin: str,
        keys: Mapping[str, str],
        sign_in: SignIn | None = None,
        up: UpTable | None = None,
        clients: Sequence[NativeClient] = (),
        *,
        profile: ProfileRoom,
        watching: Watching | None = None,
        asked: RememberingAuth | None = None,
    ) -> None:
        """`asked` is auth in a process of its own, `auth` then does what needs its tables: signing in by a provider."""
        self._auth: RememberingAuth = asked or auth
        self._origin, self._up, self._watching = origin, up or UpTable(), watching
        self._sign_in = sign_in or _nobody_elses(auth, origin, house.home)
        self._door = AuthDoor(frozenset({origin}))
        self._clients = {client.id: client for client in clients}
        self._grants = Grants(auth, clock=time.time, ids=lambda: secrets.token_hex(12), chance=secrets.token_bytes)
        audit = self._audit = AuditTable(database)
        reads = LakeExperiments(house)
        rounds = JudgingRoom(
            house,
            database,
            clock=time.time,
            chance=secrets.token_bytes,
            ask_export=launches.export,
            ask_publish=launches.publish,
            still_allowed=self._still_allowed,
        )
        self.desk = Desk(
            auth=self._auth,
            audit=audit,
            experiments=reads,
            launches=launches,
            rounds=rounds,
            shelf=CatalogShelf(house),
            admin=ExperimentRecords(house, reads),
        )
        upload = UploadDoor(rounds, audit=audit, now=utc_now, new_id=new_id)
        known = webhook_secrets(house.home, keys.get(SECRETS))
        try:
            webhook = JudgeWebhook(rounds, known, audit=audit, clock=time.time, now=utc_now, new_id=new_id)
        except BadSecret as error:
            raise SettingsError(f"{SECRETS}: {error}") from None
        bench = BenchDoor(reads, launches, audit, now=utc_now)
        home = HomeDoor(profile.sections(), clock=time.monotonic, watcher=watching.watcher if watching else None)
        self.replies = Replies(database, house_keys(house.home).sealer, time.time)
        self._others = [upload.route(), webhook.route(), *bench.routes(), home.route(), openapi(), *profile.routes()]
        if watching:
            self._others.append(watching.door)

    def routes(self) -> list[BaseRoute]:
        """All of them, for the application's router."""
        endpoint = GraphQLEndpoint(
            ApiDoor(admin_schema(), self.desk, who=_who, origins=frozenset({self._origin}), ids=request_id_of)
        )
        files = Path(str(dagster_webserver.__file__)).parent / "graphiql"
        return [
            front_page(),
            Route("/graphql", endpoint),
            WebSocketRoute("/graphql", endpoint),
            graphiql(_who, files),
            *auth_routes(self._auth, self._door, list(self._sign_in.providers.values())),
            *session_routes(self._auth, self._door),
            *sign_in_routes(self._sign_in, self._auth, self._door, self._signed),
            *NativeDoor(
                self._grants, self._auth, self._door, self._clients, self._origin, self._allowed, time.time
            ).routes(),
            *apps_routes(self._grants, self._auth, self._door),
            *self._others,
        ]

    def edge(self, app: Router, rates: RateLimits | None = None) -> ASGIApp:
        """What every request passes first; `rates` are the usual ones where none are given."""
        free = ("/uploads/", "/webhooks/")
        host = self._origin.partition("://")[2]
        rules = EdgeRules(
            frozenset({host}),
            aliases={f"localhost:{host.rpartition(':')[2]}": self._origin} if host.startswith("127.0.0.1:") else {},
            free_bodies=free,
            public=(*free, CALLBACK),
            cors_origins=frozenset(self._up.cors_origins),
            trusted_proxies=frozenset(self._up.trusted_proxies),
        )

        async def found(scope: Scope) -> Caller | None:
            request_id = request_id_of(scope)
            ASKING.set(Asker(request_id=request_id))
            caller = await authenticate(scope, self._auth, self._door)
            if caller is not None:
                ASKING.set(Asker(caller.subject, caller.role.name, request_id))
            return caller

        edge = Edge(
            Repeats(app, self.replies, Templates(app.routes)),
            rules,
            authenticate=found,
            may_change=self._door.may_change,
            new_id=new_id,
            rates=rates or RateLimits(),
        )
        return edge if self._watching is None else self._watching.around(edge, app)

    async def _signed(self, request: Request, arrived: Arrived) -> None:
        caller = arrived.signed_in.caller
        entry = AuditEntry(
            at=utc_now(),
            actor=caller.subject,
            role=caller.role.name,
            operation="signIn",
            target=caller.credential,
            input_hash="",
            outcome="done",
            request_id=request_id_of(request.scope),
            after={"provider": request.path_params["provider"], "event": arrived.event},
        )
        await run_in_threadpool(self._audit.add, entry)

    async def _allowed(self, request: Request, caller: Caller, client: str, allowed: bool) -> None:
        entry = AuditEntry(
            at=utc_now(),
            actor=caller.subject,
            role=caller.role.name,
            operation="allowClient",
            target=client,
            input_hash="",
            outcome="done" if allowed else "ACCESS_DENIED",
            request_id=request_id_of(request.scope),
        )
        await run_in_threadpool(self._audit.add, entry)

    def _still_allowed(self, actor: str, role: Role) -> bool:
        user = self._auth.user(actor)
        return user is not None and user.role >= role


def _nobody_elses(auth: AuthModule, origin: str, home: Home) -> SignIn:
    """Signing in without any provider."""
    return SignIn(auth, OidcClient(), [], origin, identities=build_identities(house_keys(home)))


async def _who(scope: Scope) -> Caller | None:
    return caller_of(scope)
