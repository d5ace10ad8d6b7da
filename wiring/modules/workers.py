"""Runs what modules do by themselves, each worker in a thread of the process that has its module's service."""

import logging
import threading
import time
from collections.abc import Callable, Sequence

from contracts.module import Module, ModuleContext, Worker
from contracts.routes import Service
from contracts.storage import LeaseHeld, Leases

WITHIN_S = 10.0
"""How long the last steps of all workers may take together once the process ends."""
logger = logging.getLogger(__name__)


class ModuleWorkers:
    """The workers of one module; `now` gives the time as text for whoever wonders who holds a lease."""

    def __init__(
        self, module: Module, context: ModuleContext, service: Service, leases: Leases, now: Callable[[], str]
    ) -> None:
        self._module, self._leases, self._now = module.name, leases, now
        self._stopped = threading.Event()
        self._workers: Sequence[Worker] = () if module.workers is None else module.workers(context, service)
        self._threads = [
            threading.Thread(target=self._run, args=(worker,), name=f"{module.name} {worker.name}", daemon=True)
            for worker in self._workers
        ]

    def start(self) -> None:
        """Start the thread of every worker."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End each worker after the step that it is at; raise TimeoutError when that takes too long."""
        self._stopped.set()
        for worker in self._workers:
            worker.stop()
        until = time.monotonic() + WITHIN_S
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        for thread in self._threads:
            if thread.is_alive():
                raise TimeoutError(f"the worker {thread.name} did not end")

    def _run(self, worker: Worker) -> None:
        try:
            self._work_when_it_may(worker)
        finally:
            worker.close()

    def _work_when_it_may(self, worker: Worker) -> None:
        if not worker.alone:
            self._work(worker)
        while not self._stopped.is_set():
            try:
                key = f"workers/{self._module}-{worker.name}"
                with self._leases.hold(key, purpose=f"{self._module} {worker.name}", now=self._now()):
                    self._work(worker)
            except LeaseHeld:
                self._stopped.wait(worker.every_s)

    def _work(self, worker: Worker) -> None:
        while not self._stopped.is_set():
            if not self._step(worker):
                self._stopped.wait(worker.every_s)

    def _step(self, worker: Worker) -> bool:
        try:
            return worker.step()
        except Exception as error:  # noqa: BLE001  # a thread that ended would be silence; its text may hold parameters
            logger.warning("the worker %s of %s waits: %s", worker.name, self._module, type(error).__name__)
            return False
