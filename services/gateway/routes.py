"""The gateway's own endpoints: what they ask, and the routes of each part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from contracts.routes import RouteSpec
from services.gateway.rest import bench, home, metrics, openapi, uploads, webhooks


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


ROUTES: tuple[RouteSpec, ...] = (
    *_asking("bench", bench.ROUTES),
    *_asking("home", home.ROUTES),
    *_asking("metrics", metrics.ROUTES),
    *_asking("uploads", uploads.ROUTES),
    *_asking("webhooks", webhooks.ROUTES),
    *_asking("description", openapi.ROUTES),
)
SCHEMA_NAMES: Mapping[type, str] = {home.HomeScreen: "Home"}
