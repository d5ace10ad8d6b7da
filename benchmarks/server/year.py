"""How large each store of a home is while a simulated year goes by: daily use, pruned every night, the files held open.

usage: python -m benchmarks.server.year [--days N] [--every N]
"""

import argparse
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import sqlalchemy as sa

from benchmarks.server.daily_use import Counts, DailyUse
from core.benchmark.spec import Options
from kit.sql.sessions import reading, snapshot
from resources.bench_context import BenchContext
from resources.collect.collecting_run import collect_experiment
from resources.collect.launch import launch
from resources.dagster.recorder import open_instance
from resources.home import Home
from resources.judging.import_export import export_pending
from tests.dagster_clock import dagster_at
from wiring.bench_context import build_bench_context
from wiring.cli.progress import log_progress
from wiring.dagster.graph import PUBLISH, build_graph
from wiring.database import open_database
from wiring.modules.retention import pruner
from wiring.settings import Settings, read_settings

NAME, START, SHOWN = "tip-bench-year", 1_800_000_000.0, (30, 120, 240, 365)


def sizes(home: Home) -> dict[str, int]:
    """Return the bytes of all files by what lies in the home, Dagster's and the logs of databases apart."""
    found: Counter[str] = Counter()
    for path in home.root.rglob("*"):
        if path.is_file():
            parts = path.relative_to(home.root).parts
            found["/".join(parts[: 2 if parts[0] == "dagster" else 1])] += path.stat().st_size
    return dict(found)


def rows(database: sa.Engine) -> dict[str, int]:
    """Return the rows of every table."""
    with reading(database) as connection:
        return {
            name: int(connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one())  # noqa: S608  # from the catalog
            for name in sa.inspect(connection).get_table_names()
        }


@contextmanager
def served_home(folder: Path) -> Iterator[tuple[Settings, BenchContext, sa.Engine, dg.DagsterInstance]]:
    """Yield a home with a small experiment, its database and Dagster's instance, which stay open."""
    environ = {"TIPBENCH_HOME": str(folder / "home")}
    settings = read_settings(environ, folder, None)
    bench = build_bench_context(settings, log_progress)
    options = Options(models=("template",), prompts=("terse",), n_scenarios=5)
    spec = launch(bench, NAME, options, ["heuristics", "anna"], by_default=True)
    collect_experiment(bench, spec, run_id="run-1", accept=False)
    export_pending(bench, spec)
    database = open_database(settings.home, None)
    with open_instance(settings.home) as instance:
        instance.add_dynamic_partitions("experiment", [NAME])
        yield settings, bench, database, instance
    database.dispose()
    bench.tracker.close()


def simulate(folder: Path, days: int, every: int) -> Iterator[tuple[int, Mapping[str, int], Mapping[str, int]]]:
    """Yield bytes by store and rows by table after each of the days in SHOWN, and the last.

    Dagster runs a job every so many days.
    """
    with served_home(folder) as (settings, bench, database, instance):
        use = DailyUse(bench, database, NAME, "anna", START)
        night = pruner(settings, lambda: use.now)
        publish = build_graph(bench).resolve_job_def(PUBLISH.name)
        for day in range(1, days + 1):
            use.day(Counts())
            if day % every == 0:
                with dagster_at(use.now):
                    publish.execute_in_process(instance=instance, partition_key=NAME)
            with snapshot(database) as reader:  # a long export, say: its pages cannot be written back meanwhile
                reader.exec_driver_sql("SELECT count(*) FROM audit_entries").scalar_one()
                use.change("at night")
                night()
            if day in SHOWN or day == days:
                yield day, sizes(settings.home), rows(database)


def main() -> None:
    """Print a line for each store and table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--every", type=int, default=1, help="days between two runs of Dagster")
    arguments = parser.parse_args()
    os.environ.setdefault("DAGSTER_HOME", "")
    with tempfile.TemporaryDirectory() as folder:
        seen = list(simulate(Path(folder), arguments.days, arguments.every))
    print(_line("after days", [float(day) for day, *_ in seen], 0))
    for name in sorted(seen[-1][1]):
        print(_line(f"{name}, MB", [stores.get(name, 0) / 1e6 for _, stores, _ in seen], 1))
    for name in sorted(seen[-1][2]):
        print(_line(f"{name}, rows", [float(tables.get(name, 0)) for *_, tables in seen], 0))


def _line(name: str, values: Sequence[float], digits: int) -> str:
    return name.ljust(28) + "".join(f"{value:>12,.{digits}f}" for value in values)


if __name__ == "__main__":
    main()
