"""What the benchmark's own tables are to the server: migrations, and how users' rows in them are kept."""

from pathlib import Path

from contracts.module import Module
from resources import sql
from resources.privacy.benchmark_retention import BenchmarkRetention
from resources.sql.tables import METADATA

BENCHMARK = Module(
    name="benchmark",
    tables=tuple(METADATA.tables.values()),
    migrations=Path(sql.__file__).parent / "migrations",
    retains=lambda _context, _service: BenchmarkRetention().tables(),
)
