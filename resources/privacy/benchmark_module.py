"""What the benchmark's own tables are to the server: migrations, and how users' rows in them are kept."""

from collections.abc import Sequence
from pathlib import Path

from contracts.module import Module, ModuleContext
from contracts.modules.database import Table
from contracts.modules.retention import TableRetention
from contracts.routes import Service
from resources import sql


def _tables() -> Sequence[Table]:
    from resources.sql.tables import METADATA

    return tuple(METADATA.tables.values())


def _retained(_context: ModuleContext, _service: Service) -> Sequence[TableRetention]:
    from resources.privacy.benchmark_retention import BenchmarkRetention

    return BenchmarkRetention().tables()


BENCHMARK = Module(
    name="benchmark",
    tables=_tables,
    migrations=Path(sql.__file__).parent / "migrations",
    retains=_retained,
)
