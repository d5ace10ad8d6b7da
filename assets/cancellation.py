"""Ends a step of a run that was canceled: Dagster's own interrupt comes once, and is lost in some of its own code."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import dagster as dg

EVERY_S = 2.0
"""How often the run's log is asked."""
AGAIN = 5
"""After so many further looks a step that goes on is interrupted again."""
CANCELED = {dg.DagsterEventType.RUN_CANCELING, dg.DagsterEventType.RUN_CANCELED}


@contextmanager
def interrupted_when_canceled(instance: dg.DagsterInstance, run_id: str, every_s: float = EVERY_S) -> Iterator[None]:
    """End the step by interrupting the main thread, as Dagster would, once the run's log says that it is canceled.

    The log is asked rather than the status: a worker that was still starting writes "started" over "canceling".
    """
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(instance, run_id, done, every_s), name="cancellation", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _watch(instance: dg.DagsterInstance, run_id: str, done: threading.Event, every_s: float) -> None:
    looks_left = 0
    while not done.wait(every_s):
        canceled = False
        with suppress(Exception):  # a storage that is locked or away is asked again
            canceled = bool(instance.get_records_for_run(run_id, of_type=CANCELED, limit=1).records)
        if canceled and looks_left == 0 and not done.is_set():
            looks_left = AGAIN
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        elif looks_left:
            looks_left -= 1
