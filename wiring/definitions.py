"""The code location: what `dagster -m wiring.definitions` loads."""

import os
from pathlib import Path

import dagster as dg

from resources.quiet import quiet_environment
from wiring.graph import build_graph
from wiring.house import build_house
from wiring.keeping import pruner
from wiring.lifeline import follow_parent
from wiring.output import log_progress
from wiring.settings import read_settings


@dg.definitions
def definitions() -> dg.Definitions:
    """Read the environment once and build the graph."""
    follow_parent()
    quiet_environment(os.environ)
    settings = read_settings(os.environ, Path.cwd(), None)
    return build_graph(build_house(settings, log_progress), pruner(settings))
