"""A thread that delivers: at once after somebody published here, at its tick for what other processes wrote."""

import logging
import threading
import time
from collections.abc import Callable

import sqlalchemy as sa

from contracts.broker import BrokerAway

logger = logging.getLogger(__name__)
IDLE_S, EAGER_S, EAGER_FOR_S, AFTER_FAILURE_S = 0.5, 0.005, 2.0, 1.0


class Pump:
    """Runs `step` until `stop`; a store or broker that is away is tried again each second.

    `wake` is for the bus: it comes before the commit, so for two seconds the looks are 5 ms apart.
    """

    def __init__(self, step: Callable[[], int], name: str) -> None:
        self._step, self._name = step, name
        self._stopped, self._woken = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"events {name}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Something is about to be committed."""
        self._woken.set()

    def stop(self, within_s: float = 10.0) -> None:
        """End after the step under way; TimeoutError when it does not."""
        self._stopped.set()
        self._woken.set()
        self._thread.join(within_s)
        if self._thread.is_alive():
            raise TimeoutError(f"the delivery {self._name} did not end")

    def _run(self) -> None:
        eager_until = 0.0
        while not self._stopped.is_set():
            if self._woken.is_set():
                self._woken.clear()
                eager_until = time.monotonic() + EAGER_FOR_S
            if self._moved():
                continue
            if time.monotonic() < eager_until:
                self._stopped.wait(EAGER_S)
            else:
                self._woken.wait(IDLE_S)

    def _moved(self) -> bool:
        try:
            return self._step() > 0
        except (BrokerAway, sa.exc.SQLAlchemyError) as error:  # its text may hold parameters: the class is enough
            logger.warning("the delivery %s waits: %s", self._name, type(error).__name__)
            self._stopped.wait(AFTER_FAILURE_S)
            return False
