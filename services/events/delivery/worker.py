"""A thread that delivers: at once after a commit of this process, at its tick for what other processes wrote."""

import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)
IDLE_S, GATHER_S, AFTER_FAILURE_S = 0.5, 0.02, 1.0
FULL = 100
"""A step that moved so many had no lack of them."""


class DeliveryWorker:
    """Runs `step` until `stop`; after a failure, such as a store or broker that is away, again a second later.

    After a small step it rests for as long as that took, 20 ms at most, so that commits under way are one batch. A step
    that waits by itself for something to move needs `waits=True`.
    """

    def __init__(self, step: Callable[[], int], name: str, *, waits: bool = False) -> None:
        self._step, self._name = step, name
        self._idle_s, self._gather_s = (0.0, 0.0) if waits else (IDLE_S, GATHER_S)
        self._stopped, self._woken = threading.Event(), threading.Event()
        self._drain_until = 0.0
        self._thread = threading.Thread(target=self._run, name=f"events {name}", daemon=True)

    def start(self) -> None:
        """Start the thread that delivers."""
        self._thread.start()

    def wake(self) -> None:
        """Wake the thread: something was committed."""
        self._woken.set()

    def stop(self, drain_s: float = 0.0, within_s: float = 10.0) -> None:
        """End when nothing moves any more or after `drain_s`; TimeoutError when the last step takes too long."""
        self._drain_until = time.monotonic() + drain_s
        self._stopped.set()
        self._woken.set()
        self._thread.join(drain_s + within_s)
        if self._thread.is_alive():
            raise TimeoutError(f"the delivery {self._name} did not end")

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._woken.clear()
            began = time.monotonic()
            moved = self._moved()
            if not moved:
                self._woken.wait(self._idle_s)
            elif moved < FULL:
                self._stopped.wait(min(self._gather_s, time.monotonic() - began))
        while time.monotonic() < self._drain_until and self._moved():
            pass

    def _moved(self) -> int:
        try:
            return self._step()
        except Exception as error:  # noqa: BLE001  # a thread that ended would be silence; its text may hold parameters
            logger.warning("the delivery %s waits: %s", self._name, type(error).__name__)
            self._stopped.wait(AFTER_FAILURE_S)
            return 0
