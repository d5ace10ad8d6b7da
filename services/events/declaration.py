"""What events is to the server: its tables and what they keep; delivery is a library that the server runs."""

from pathlib import Path

from contracts.module import Module
from contracts.modules.events import VOCABULARY
from services.events.envelope import Codec
from services.events.retention import EventsRetention
from services.events.tables import METADATA

EVENTS = Module(
    name="events",
    tables=tuple(METADATA.tables.values()),
    migrations=Path(__file__).parent / "migrations",
    retains=lambda context, _: EventsRetention(Codec(context.sealer, VOCABULARY), whole=True).tables(),
)
