"""Runs a child of `tipbench up` so that it ends with its parent, however that ends.

usage: python -m wiring.processes.child PARENT WHAT [ARGUMENT…]   (WHAT: dagster, dagster-daemon, mlflow)

Run workers are children of the code server and import this module again as their main one: it imports little.
"""

import ctypes
import os
import signal
import sys

from kit.private_files import keep_private

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Tie this process to its parent and run what the arguments name."""
    parent, what, *arguments = sys.argv[1:]
    keep_private()
    die_with(int(parent))
    # A shell that starts the parent in the background ignores SIGINT, and Dagster copies that onto SIGTERM.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sys.argv = [what, *arguments]
    if what == "dagster":
        from dagster._cli import cli as dagster  # what `python -m dagster` calls; Dagster is pinned exactly

        dagster(auto_envvar_prefix="DAGSTER")
    elif what == "dagster-daemon":
        from dagster._daemon.cli import cli as daemon  # what the command calls

        daemon()
    else:
        from wiring.processes.mlflow_child import serve

        serve(*arguments)


def die_with(parent: int) -> None:
    """Have the kernel kill this process when `parent` ends (Linux); at once when it has ended already."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


if __name__ == "__main__":
    main()
