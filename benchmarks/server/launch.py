"""How long a launch takes to answer and to its first generation, and how late progress reaches a subscriber.

usage: python -m benchmarks.server.launch [--launches N]

A real code server and daemon on a fresh home; the model answers after 50 ms, four at once.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.endpoint import endpoint
from contracts.benchmark.launches import LaunchRequest
from contracts.refusals import Unavailable
from core.benchmark.spec import Options
from resources.dagster.host import DagsterHost
from resources.home import Home
from resources.lake.journal import JOURNAL, journal_of, read_index
from resources.launching.launch_service import LaunchService
from wiring.bench_context import build_bench_context
from wiring.cli.progress import log_progress
from wiring.database import open_database
from wiring.launches import build_launches
from wiring.processes.up import Engine
from wiring.settings import read_settings

LOOK_EVERY_S, POLL_S, DEADLINE_S = 0.01, 0.15, 120.0
MODELS = """
[endpoints.bench]
base_url = "{url}"
concurrency = 4
[[models]]
name = "bench"
provider = "openai"
endpoint = "bench"
model = "bench"
"""


def until(holds: Callable[[], bool]) -> None:
    """Look every 10 ms."""
    deadline = time.perf_counter() + DEADLINE_S
    while not holds():
        if time.perf_counter() > deadline:
            raise RuntimeError("it did not happen")
        time.sleep(LOOK_EVERY_S)


def main() -> None:
    """Print one line a launch, the medians and the worst."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--launches", type=int, default=10)
    count = parser.parse_args().launches
    with tempfile.TemporaryDirectory() as name, endpoint(50.0) as url:
        folder = Path(name)
        (folder / "catalog").mkdir()
        (folder / "catalog" / "models.toml").write_text(MODELS.replace("{url}", url))
        (folder / "tipbench.toml").write_text("")
        environ = {**os.environ, "TIPBENCH_HOME": str(folder / "home")}
        settings = read_settings(environ, folder, None)
        engine = Engine(settings, environ, print)
        host = DagsterHost(settings.home, engine.socket)
        bench = build_bench_context(settings, log_progress)
        launches = build_launches(bench, host, open_database(settings.home, None))
        try:
            engine.code.start()
            until(lambda: _opens(host))
            engine.daemon.start()
            time.sleep(10)
            found = [one(launches, settings.home, number) for number in range(count + 1)][1:]
        finally:
            host.close()
            engine.end()
    lags = [lag for _, _, several in found for lag in several]
    answers, firsts = [each[0] for each in found], [each[1] for each in found]
    for what, values, limit in (
        ("answer", answers, 1.0),
        ("first generation", firsts, 8.0),
        ("progress lag", lags, 0.5),
    ):
        print(f"{what}, s: median {statistics.median(values):.2f}, worst {max(values):.2f}, limit {limit}")


def one(launches: LaunchService, home: Home, number: int) -> tuple[float, float, list[float]]:
    """Seconds to the answer and to the first generation asked for, and each lag of progress."""
    name = f"tip-bench-launch-{number}"
    options = Options(models=("bench",), prompts=("terse",), n_scenarios=60, n_tips=2)
    started = time.perf_counter()
    launched = launches.launch(LaunchRequest(experiment=name, options=options, key=f"k{number}", actor="bench"))
    answered = time.perf_counter() - started
    until(lambda: bool(home.storage.blobs.size(home.key(name, JOURNAL))))
    first = time.perf_counter() - started
    lags = follow(launches, home, launched.run_id, name)
    print(
        f"answer {answered:.2f} s, first generation {first:.2f} s, progress at most {max(lags):.2f} s late", flush=True
    )
    return answered, first, lags


def follow(launches: LaunchService, home: Home, run_id: str, name: str) -> list[float]:
    """Poll as a subscription does; how long after the journal reached a count the subscriber had heard of it."""
    reached: list[tuple[float, int]] = []
    lags: list[float] = []
    cursor, polled, heard_of = None, 0.0, 0
    while True:
        now = time.perf_counter()
        reached.append((now, len(read_index(journal_of(home, name)).final)))
        if now - polled >= POLL_S:
            polled = now
            for event in launches.events(run_id, cursor):
                cursor = event.cursor
                if event.kind == "progress" and event.done is not None and event.done > heard_of:
                    at = next((at for at, done in reached if done > heard_of), now)
                    heard_of = event.done
                    lags.append(time.perf_counter() - at)
                if event.kind == "ended":
                    return lags
        time.sleep(LOOK_EVERY_S)


def _opens(host: DagsterHost) -> bool:
    try:
        host.open()
    except Unavailable:
        return False
    return True


if __name__ == "__main__":
    main()
