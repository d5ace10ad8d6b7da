"""The launch service as this process runs it: over Dagster, with its keys in the database."""

import sqlalchemy as sa

from resources.bench_context import BenchContext
from resources.dagster.host import DagsterHost
from resources.dagster.run_backend import DagsterRunBackend
from resources.launching.launch_keys import LaunchKeys
from resources.launching.launch_service import LaunchService


def build_launches(bench: BenchContext, host: DagsterHost, database: sa.Engine) -> LaunchService:
    """Return the launch service; another run backend takes Dagster's place here alone."""
    return LaunchService(bench, DagsterRunBackend(host, bench.home, bench.now), LaunchKeys(database, bench.now))
