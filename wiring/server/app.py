"""Builds the one ASGI app: health, the mounts of Dagit and MLflow, and the given routes."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import ASGIApp

Lifespan = Callable[[], AbstractAsyncContextManager[None]]


def build_app(
    *,
    ready: Callable[[], dict[str, bool]],
    dagit: ASGIApp,
    mlflow: ASGIApp,
    routes: Sequence[BaseRoute],
    life: Lifespan,
) -> Router:
    """Return the app; `ready` says of each part whether it answers, `life` surrounds serving."""

    async def healthz(_: Request) -> PlainTextResponse:
        return PlainTextResponse("ok")

    def readyz(_: Request) -> JSONResponse:
        checks = ready()
        return JSONResponse(checks, 200 if all(checks.values()) else 503)

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        async with life():
            yield

    return Router(
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            *routes,
            Mount("/dagster", dagit),
            Mount("/mlflow", mlflow),
        ],
        lifespan=lifespan,
    )
