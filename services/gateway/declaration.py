"""What the gateway itself is to the server: its own endpoints, and stored answers to repeated requests."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from contracts.module import Module
from contracts.routes import RouteSpec
from kit.sql.sessions import engine_of
from services.gateway.edge.idempotency_store import IdempotencyStore
from services.gateway.rest import bench, home, metrics, openapi, uploads, webhooks
from services.gateway.tables import METADATA


@dataclass(frozen=True, kw_only=True)
class GatewayEndpoints:
    """What the gateway's routes ask, a part each; `description` is the OpenAPI document of all routes."""

    bench: bench.BenchContracts
    home: home.HomeEndpoint
    metrics: metrics.MetricsEndpoint | None
    uploads: uploads.UploadEndpoint
    webhooks: webhooks.JudgeWebhook
    description: bytes


def _asking(part: str, specs: Sequence[RouteSpec]) -> tuple[RouteSpec, ...]:
    return tuple(replace(spec, part=part) for spec in specs)


GATEWAY = Module(
    name="gateway",
    tables=tuple(METADATA.tables.values()),
    migrations=Path(__file__).parent / "migrations",
    routes=(
        *_asking("bench", bench.ROUTES),
        *_asking("home", home.ROUTES),
        *_asking("metrics", metrics.ROUTES),
        *_asking("uploads", uploads.ROUTES),
        *_asking("webhooks", webhooks.ROUTES),
        *_asking("description", openapi.ROUTES),
    ),
    schemas={home.HomeScreen: "Home"},
    retains=lambda context, _: IdempotencyStore(engine_of(context.database), context.sealer, context.clock).tables(),
)
