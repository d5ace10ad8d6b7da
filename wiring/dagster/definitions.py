"""The code location: what `dagster -m wiring.dagster.definitions` loads."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import dagster as dg

from kit.private_files import keep_private
from resources.telemetry_optout import opt_out_of_telemetry
from wiring.bench_context import build_bench_context
from wiring.cli.progress import log_progress
from wiring.dagster.graph import build_graph
from wiring.processes.parent_watch import follow_parent
from wiring.settings import Settings, read_settings


@dg.definitions
def definitions() -> dg.Definitions:
    """Read the environment once and build the graph."""
    keep_private()
    follow_parent()
    opt_out_of_telemetry(os.environ)
    settings = read_settings(os.environ, Path.cwd(), None)
    return build_graph(build_bench_context(settings, log_progress), _pruner(settings))


def _pruner(settings: Settings) -> Callable[[], Mapping[str, int]]:
    def prune() -> Mapping[str, int]:
        from wiring.modules.retention import pruner  # every module of the app, which a run of a benchmark does without

        return pruner(settings)()

    return prune
