"""Runs a child of `tipbench up` so that it ends with its parent, however that ends.

usage: python -m wiring.processes.child PARENT WHAT [ARGUMENT…]   (WHAT: dagster, dagster-daemon, mlflow)

Run workers are forked from the code server: run_workers.py.
"""

import gc
import signal
import sys
from pathlib import Path

from kit.private_files import keep_private
from wiring.processes.parent_watch import die_with


def main() -> None:
    """Tie this process to its parent and run what the arguments name."""
    parent, what, *arguments = sys.argv[1:]
    keep_private()
    die_with(int(parent))
    # A shell that starts the parent in the background ignores SIGINT, and Dagster copies that onto SIGTERM.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sys.argv = [what, *arguments]
    gc.disable()  # a sixth of the time of importing was the collector's
    if what == "dagster":
        from dagster._cli import cli as dagster  # what `python -m dagster` calls; Dagster is pinned exactly

        from wiring.processes.run_workers import fork_workers_from_here, workers_socket

        fork_workers_from_here(workers_socket(Path(arguments[arguments.index("--socket") + 1])))
        dagster(auto_envvar_prefix="DAGSTER")
    elif what == "dagster-daemon":
        from dagster._daemon.cli import cli as daemon  # what the command calls

        from resources.dagster.instance import read_migrations_once

        read_migrations_once()
        gc.enable()
        daemon()
    else:
        from wiring.processes.mlflow_child import serve

        serve(*arguments)


if __name__ == "__main__":
    main()
