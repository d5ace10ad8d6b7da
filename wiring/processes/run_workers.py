"""Forks run workers from a process that has imported what they need: each had spent seconds on importing it anew.

Dagster starts them by multiprocessing's `spawn`. Its `forkserver` forks them from a process of one thread. That one is
forked here from the code server, before it has threads, where multiprocessing would have it import all of it once more.
"""

import gc
import multiprocessing
import os
import socket
from multiprocessing import forkserver
from pathlib import Path
from typing import Any, cast

from wiring.processes.parent_watch import die_with

CODE = "wiring.dagster.definitions"


def workers_socket(code_server: Path) -> Path:
    """Return where run workers are asked for, beside the socket of the code server."""
    return code_server.with_name("run.sock")


def fork_workers_from_here(address: Path) -> None:
    """Start the process that run workers are forked from, at the socket `address`, and have Dagster's server use it.

    Call it before the process has threads; the garbage collector is on afterwards. The forked one ends with this one;
    should it end earlier, multiprocessing starts another, which imports the code location alone.
    """
    from dagster._grpc.server import DagsterApiServer  # its private context is replaced; Dagster is pinned exactly

    _import_what_workers_need()
    gc.freeze()  # nothing here is garbage, and a worker that looked for some would copy every page
    gc.enable()
    address.unlink(missing_ok=True)
    parent, (ends, lives) = os.getpid(), os.pipe()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(address))
        listening.listen()
        pid = os.fork()
        if pid == 0:
            _serve(listening.detach(), ends, lives, parent)
    os.close(ends)
    server: Any = forkserver._forkserver  # noqa: SLF001  # the one of this process
    server.set_forkserver_preload([CODE])
    server._forkserver_address, server._forkserver_alive_fd = str(address), lives  # noqa: SLF001  # the same
    server._forkserver_pid = pid  # noqa: SLF001  # the same
    context, dagster_server = multiprocessing.get_context("forkserver"), cast("Any", DagsterApiServer)
    dagster_server._mp_ctx = property(lambda _: context, lambda *_: None)  # noqa: SLF001  # whatever it sets there


def _serve(listening: int, ends: int, lives: int, parent: int) -> None:
    """Be the forked process: fork a worker for each request, until the last who could send one has ended."""
    try:
        die_with(parent)
        os.close(lives)
        forkserver.main(listening, ends, [])
    finally:
        os._exit(0)  # nothing that was registered in the parent is done here


def _import_what_workers_need() -> None:
    """Import the code location, and what the first event or the first query of a run would import."""
    import duckdb  # noqa: F401  # the same

    import wiring.dagster.definitions
    import wiring.database
    import wiring.modules  # noqa: F401  # the same
    from resources.dagster.instance import read_migrations_once

    read_migrations_once()
