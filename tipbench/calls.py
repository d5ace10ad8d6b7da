"""Runs one call of the interface: in a thread without an event loop, its files private, its errors as sentences."""

import contextvars
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from kit.cancellation import Cancelled, cancelled_by
from kit.private_files import private_files
from tipbench.errors import Error

T = TypeVar("T")


class _Call(Generic[T]):
    """Work in a thread of its own, and what came of it."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work, self._stop, self._done = work, threading.Event(), threading.Event()
        self._results: list[T] = []
        self._error: BaseException | None = None
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._go,), name="tipbench", daemon=True)

    def _go(self) -> None:
        try:
            with private_files(), cancelled_by(self._stop):
                self._results.append(self._work())
        except BaseException as error:  # noqa: BLE001  # raised again in the thread that waits
            self._error = error
        finally:
            self._done.set()

    def result(self) -> T:
        """Return what the work returns; at Ctrl-C end it, wait for its end, and raise KeyboardInterrupt."""
        self._thread.start()
        try:
            self._done.wait()  # no join, which takes a thread for ended once it was interrupted
        except KeyboardInterrupt as stop:
            self._stop.set()
            self._done.wait()
            raise (self._error if isinstance(self._error, KeyboardInterrupt) else stop) from None
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._results[0]


def call(work: Callable[[], T], home: Callable[[], Path]) -> T:
    """Return what `work` returns; raise Error for what it raises, with the sentence and code of the command line.

    The work runs beside an event loop of the caller, such as a notebook's, which is blocked meanwhile. `home` is asked
    for where the error needs it.
    """
    try:
        return _Call(work).result()
    except Error:
        raise
    except Cancelled:
        raise KeyboardInterrupt from None
    except Exception as error:  # noqa: BLE001  # the edge: known errors are sentences, the unknown is masked
        from wiring.operations.failures import failure_of

        failure = failure_of(error, home)
    raise Error(failure.sentence, failure.code)
