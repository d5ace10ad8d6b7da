"""What events is to the server: its tables and what they keep; delivery is a library that the server runs."""

from collections.abc import Sequence
from pathlib import Path

from contracts.module import Module, ModuleContext
from contracts.modules.database import Table
from contracts.modules.events import VOCABULARY
from contracts.modules.retention import TableRetention
from contracts.routes import Service


def _tables() -> Sequence[Table]:
    from services.events.tables import METADATA

    return tuple(METADATA.tables.values())


def _retained(context: ModuleContext, _: Service) -> Sequence[TableRetention]:
    from services.events.envelope import Codec
    from services.events.retention import EventsRetention

    return EventsRetention(Codec(context.sealer, VOCABULARY), whole=True).tables()


EVENTS = Module(
    name="events",
    tables=_tables,
    migrations=Path(__file__).parent / "migrations",
    retains=_retained,
    erased_last=True,
)
