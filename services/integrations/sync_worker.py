"""The worker of syncs: reads one connection after the other as their time comes."""

import logging
import threading

from contracts.modules.sealing import Erased
from contracts.refusals import Refusal
from core.expected_error import ExpectedError
from kit.cancellation import Cancelled, cancelled_by
from services.integrations.module import IntegrationsModule

log = logging.getLogger(__name__)


class SyncWorker:
    """What the thread of the worker calls; `stop` comes from another thread."""

    def __init__(self, integrations: IntegrationsModule) -> None:
        self._integrations, self._stopped = integrations, threading.Event()

    def step(self) -> bool:
        """Read one connection that is due, or else open a channel that is; return whether there was one."""
        try:
            with cancelled_by(self._stopped):
                return self._integrations.sync_due() or self._integrations.watch_due()
        except (Cancelled, Erased):
            return False
        except Refusal as refusal:  # disconnected meanwhile, or a key of the vault is missing: the next is not held up
            log.warning("a connection was not synced: %s", refusal.code)
            return True
        except ExpectedError as error:
            log.warning("a connection was not synced: %s", type(error).__name__)
            return True

    def stop(self) -> None:
        """Let a sync under way end within a moment; it is done again by whoever runs the worker next."""
        self._stopped.set()
