"""A process that forks run workers as the code server does: prints what one says, and waits for its end."""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any, cast


def say(queue: Any) -> None:
    """Put this process's id, that of its parent, and whether the code location is imported."""
    queue.put([os.getpid(), os.getppid(), "wiring.dagster.definitions" in sys.modules])
    signal.pause()


def main(address: str) -> None:
    """Have a worker made by the context that Dagster's server would use."""
    from wiring.processes.run_workers import fork_workers_from_here

    fork_workers_from_here(Path(address))
    from dagster._grpc.server import DagsterApiServer

    context = cast("Any", DagsterApiServer)._mp_ctx.fget(None)  # noqa: SLF001  # what is replaced there
    queue = context.Queue()
    worker = context.Process(target=say, args=(queue,))
    worker.start()
    print(json.dumps([os.getpid(), *queue.get()]), flush=True)
    worker.join()
    print(json.dumps(worker.exitcode), flush=True)
    signal.pause()


if __name__ == "__main__":
    main(*sys.argv[1:])
