"""The worker of the release: its channels live on one event loop, from its first step until it is closed."""

import asyncio
from contextlib import ExitStack

from contracts.module import ModuleContext
from kit.egress.transport import GuardedTransport
from kit.sql.sessions import engine_of
from services.notifier.addresses.stored import StoredAddresses
from services.notifier.channels.senders import mail_rules, senders_of
from services.notifier.delivery.stoppable_calls import GRACE_S, StoppableCalls
from services.notifier.release import BATCH, Release
from services.notifier.store import notifier_store

JITTER_S = 50.0
"""Over how long what was held goes out, so that not everybody hears at once: within the first allowed minute."""


class ReleaseWorker:
    """What the thread of the worker calls: `step` until it is to end, then `close`, all in that one thread.

    `stop` comes from another thread: calls under way then end within `grace_s`. A step looks at `batch` notices.
    """

    def __init__(self, context: ModuleContext, *, grace_s: float = GRACE_S, batch: int = BATCH) -> None:
        self._context, self._life, self._calls = context, ExitStack(), StoppableCalls(grace_s)
        self._batch = batch
        self._release: Release | None = None

    def step(self) -> bool:
        """Release what is due; return whether there was anything."""
        if self._release is None:
            self._release = self._opened()
        return self._release.step()

    def stop(self) -> None:
        """Let a step that waits for peers end soon: what they did not answer is unknown, the rest stays for later."""
        self._calls.stop()

    def close(self) -> None:
        """Close the connections of the channels, and the loop."""
        self._life.close()

    def _opened(self) -> Release:
        context, runner = self._context, self._life.enter_context(asyncio.Runner())
        transport = GuardedTransport(exceptions=context.egress_exceptions)
        self._life.callback(lambda: runner.run(transport.aclose()))
        addresses = StoredAddresses.of(context)
        return Release(
            notifier_store(engine_of(context.database)),
            context.sealer,
            context.clock,
            senders=senders_of(context, transport, addresses),
            addresses=addresses,
            mail=mail_rules(context, addresses),
            jitter_s=JITTER_S,
            calls=self._calls,
            batch=self._batch,
            run=runner.run,
        )
