"""Declared routes for an application of a test, in which nobody signed in just now."""

from collections.abc import Sequence
from typing import Any

from starlette.routing import Route

from contracts.routes import RouteSpec
from services.gateway.edge.middleware import caller_of
from services.gateway.rest.module_routes import Record, RouteGuards, module_routes


def _nowhere(*_: object) -> None:
    pass


def routes_of(specs: Sequence[RouteSpec], service: Any, record: Record = _nowhere) -> list[Route]:
    """The routes, which ask `service`; the caller is the one whom the edge before them has found."""
    return module_routes(specs, service, RouteGuards(caller_of=caller_of, lately=lambda _: False, record=record))
