"""A real code server and instance on a home of its own, shared by the tests of a file; each uses its own names."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from benchmarks.endpoint import endpoint
from contracts.benchmark.launches import LaunchRequest
from contracts.refusals import Unavailable
from core.benchmark.spec import Options
from resources.bench_context import BenchContext
from resources.dagster.host import DagsterHost
from resources.dagster.instance import prepare_instance
from resources.launching.launch_service import LaunchService
from tests.deadline import DEADLINE_S
from tests.migrated_home import open_migrated
from wiring.bench_context import build_bench_context
from wiring.cli.progress import log_progress
from wiring.launches import build_launches
from wiring.processes.up import Engine
from wiring.settings import Settings, read_settings

SMALL = Options(models=("template",), prompts=("terse",), n_scenarios=2)


def wait_for(holds: Callable[[], bool], what: str) -> None:
    """Await a condition, with a deadline; looks less and less often, since each look at a run is many queries."""
    deadline, pause = time.monotonic() + DEADLINE_S, 0.05
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(pause)
        pause = min(pause * 1.2, 0.5)


@dataclass
class DagsterSetup:
    """What the tests stand on; `clock` is what the launches take for the time."""

    settings: Settings
    bench: BenchContext
    host: DagsterHost
    engine: Engine
    database: sa.Engine
    launches: LaunchService
    clock: list[str] = field(default_factory=lambda: ["2026-11-01T12:00:00.000000+00:00"])

    def request(self, name: str, key: str | None = None, actor: str = "u1", **options: Any) -> LaunchRequest:
        """A small launch of tip-bench-NAME."""
        given = {**{field: getattr(SMALL, field) for field in SMALL.__struct_fields__}, **options}
        return LaunchRequest(experiment=f"tip-bench-{name}", options=Options(**given), key=key, actor=actor)

    @contextmanager
    def without_code_server(self) -> Iterator[None]:
        """End the code server for the block and have it back afterwards."""
        self.engine.code.end(0.0)
        try:
            yield
        finally:
            self.engine.code.start()
            wait_for(self.answers, "the code server is back")

    def answers(self) -> bool:
        """Whether the code server answers and its definitions are loaded."""
        try:
            self.host.check()
        except Unavailable:
            return False
        return True


MODELS = """
[endpoints.slow]
base_url = "{url}"
concurrency = 2
[[models]]
name = "slow"
provider = "openai"
endpoint = "slow"
model = "bench"

[endpoints.nowhere]
base_url = "http://127.0.0.1:9/v1"
max_attempts = 1

[[models]]
name = "nowhere"
provider = "openai"
endpoint = "nowhere"
model = "nowhere"
"""


@pytest.fixture(scope="module")
def setup(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DagsterSetup]:
    """A code server, an instance and launches on them; no daemon, so what is queued stays queued.

    The catalog has a model `slow`, two answers at once of 200 ms each.
    """
    folder: Path = tmp_path_factory.mktemp("dagster")
    with endpoint(200.0) as url:
        (folder / "catalog").mkdir()
        (folder / "catalog" / "models.toml").write_text(MODELS.replace("{url}", url))
        (folder / "tipbench.toml").write_text("")
        yield from _setup(folder)


def _setup(folder: Path) -> Iterator[DagsterSetup]:
    before = os.environ.get("DAGSTER_HOME")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("TIPBENCH", "MLFLOW"))}
    settings = read_settings({**environ, "TIPBENCH_HOME": str(folder / "home")}, folder, None)
    prepare_instance(settings.home)
    engine = Engine(settings, environ, lambda _: None)
    engine.code.start()
    bench = build_bench_context(settings, log_progress)
    database = open_migrated(settings.home, None)
    host = DagsterHost(settings.home, engine.socket)
    setup = DagsterSetup(settings, bench, host, engine, database, launches=None)  # type: ignore[arg-type] # made below
    timed = replace(bench, now=lambda: setup.clock[-1])
    setup.launches = build_launches(timed, host, database)
    try:
        wait_for(lambda: _opens(host), "the code server answers")
        yield setup
    finally:
        host.close()
        engine.end()
        database.dispose()
        bench.tracker.close()
        if before is None:
            os.environ.pop("DAGSTER_HOME", None)
        else:
            os.environ["DAGSTER_HOME"] = before


def _opens(host: DagsterHost) -> bool:
    try:
        host.open()
    except Unavailable:
        return False
    return True
