"""What the gateway itself is to the server: its own endpoints, and stored answers to repeated requests."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from contracts.module import Module, ModuleContext
from contracts.modules.database import Table
from contracts.modules.retention import TableRetention
from contracts.routes import RouteSpec, Service
from kit.sql.sessions import engine_of


def _tables() -> Sequence[Table]:
    from services.gateway.tables import METADATA

    return tuple(METADATA.tables.values())


def _routes() -> Sequence[RouteSpec]:
    from services.gateway.routes import ROUTES

    return ROUTES


def _schemas() -> Mapping[type, str]:
    from services.gateway.routes import SCHEMA_NAMES

    return SCHEMA_NAMES


def _retained(context: ModuleContext, _: Service) -> Sequence[TableRetention]:
    from services.gateway.edge.idempotency_store import IdempotencyStore

    return IdempotencyStore(engine_of(context.database), context.sealer, context.clock).tables()


GATEWAY = Module(
    name="gateway",
    tables=_tables,
    migrations=Path(__file__).parent / "migrations",
    routes=_routes,
    schemas=_schemas,
    retains=_retained,
)
