"""What the gateway itself keeps: stored answers to repeated requests."""

from pathlib import Path

from contracts.module import Module
from kit.sql.sessions import engine_of
from services.gateway.edge.idempotency_store import IdempotencyStore
from services.gateway.tables import METADATA

GATEWAY = Module(
    name="gateway",
    tables=tuple(METADATA.tables.values()),
    migrations=Path(__file__).parent / "migrations",
    retains=lambda context, _: IdempotencyStore(engine_of(context.database), context.sealer, context.clock).tables(),
)
