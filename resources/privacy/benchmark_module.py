"""What the benchmark is to the server: its own tables, how users' rows in them are kept, and what it announces."""

from collections.abc import Sequence
from pathlib import Path

from contracts.module import Module, ModuleContext, Worker
from contracts.modules.database import Table
from contracts.modules.retention import TableRetention
from contracts.routes import Service
from kit.sql.sessions import engine_of
from resources import sql

LOOKS_EVERY_S = 2.0


def _tables() -> Sequence[Table]:
    from resources.sql.tables import METADATA

    return tuple(METADATA.tables.values())


def _retained(_context: ModuleContext, _service: Service) -> Sequence[TableRetention]:
    from resources.privacy.benchmark_retention import BenchmarkRetention

    return BenchmarkRetention().tables()


def _workers(context: ModuleContext, _service: Service) -> Sequence[Worker]:
    from resources.announcements.announcer import Announcer
    from resources.home import Home

    announcer = Announcer(
        Home(context.keys.parent), engine_of(context.database), context.bus, context.clock, context.ids
    )
    return [Worker(name="announcements", step=announcer.step, every_s=LOOKS_EVERY_S, alone=True)]


BENCHMARK = Module(
    name="benchmark",
    tables=_tables,
    migrations=Path(sql.__file__).parent / "migrations",
    retains=_retained,
    workers=_workers,
)
