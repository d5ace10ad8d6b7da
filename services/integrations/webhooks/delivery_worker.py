"""The worker of messages: its connections live on one event loop, and a slow receiver holds up nobody else's."""

import asyncio
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from contracts.modules.sealing import Unreadable
from contracts.refusals import Unavailable
from kit.egress.targets import Exceptions
from kit.egress.transport import GuardedTransport, Limits
from services.integrations.vault.vault import Vault
from services.integrations.webhooks.message_queue import ClaimedMessage, MessageQueue
from services.integrations.webhooks.sender import LIMITS, OutgoingMessage, SendResult, send
from services.integrations.webhooks.stored import opened

AT_ONCE, EACH = 16, 2
"""Requests under way at a time, and those to one webhook."""
TURN_S, GRACE_S = 0.5, 3.0
"""How long a step waits for answers, and how long requests under way have once the process ends."""
log = logging.getLogger(__name__)
Task = asyncio.Task[tuple[SendResult, float]]


class WebhookWorker:
    """What the thread of the worker calls: `step` until it is to end, then `close`; `stop` comes from another thread.

    `clock` gives Unix seconds, `exceptions` and `limits` are those of the transport.
    """

    def __init__(
        self,
        queue: MessageQueue,
        vault: Vault,
        clock: Callable[[], float],
        exceptions: Exceptions,
        limits: Limits = LIMITS,
    ) -> None:
        self._queue, self._vault = queue, vault
        self._clock, self._exceptions, self._limits = clock, exceptions, limits
        self._life, self._stopped = ExitStack(), threading.Event()
        self._runner: asyncio.Runner | None = None
        self._transport: GuardedTransport | None = None
        self._tasks: dict[Task, ClaimedMessage] = {}

    def step(self) -> bool:
        """Begin what is due, wait a moment for answers and write them down; return whether there was anything."""
        if self._stopped.is_set():
            return False
        under_way = Counter(claim.row.webhook for claim in self._tasks.values())
        claimed = self._queue.claim(AT_ONCE - len(self._tasks), under_way, EACH)
        if not claimed and not self._tasks:
            return False
        self._opened().run(self._turn(claimed))
        return True

    def stop(self) -> None:
        """Let no request begin any more."""
        self._stopped.set()

    def close(self) -> None:
        """Give requests under way a moment; what is not answered then is sent again later, under the same id."""
        if self._runner is not None and self._tasks:
            self._runner.run(self._end())
        self._life.close()

    async def _turn(self, claimed: Sequence[ClaimedMessage]) -> None:
        for claim in claimed:
            self._tasks[asyncio.ensure_future(self._attempt(claim))] = claim
        await self._settle_done(TURN_S)

    async def _end(self) -> None:
        until = time.monotonic() + GRACE_S
        while self._tasks and (left := until - time.monotonic()) > 0:
            await self._settle_done(left)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    async def _settle_done(self, within_s: float) -> None:
        done, _ = await asyncio.wait(self._tasks, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            claim = self._tasks.pop(task)
            result, took_s = task.result()
            self._queue.settle(claim, result, took_s)

    async def _attempt(self, claim: ClaimedMessage) -> tuple[SendResult, float]:
        began = time.monotonic()
        try:
            message = await asyncio.to_thread(self._message, claim)  # a service that unwraps keys may be slow
        except (Unreadable, Unavailable) as error:
            log.warning("a webhook's secret cannot be opened: %s", type(error).__name__)
            return SendResult("its secret cannot be opened: look at tipbench doctor"), 0.0
        assert self._transport is not None  # noqa: S101  # opened before the first step
        return await send(self._transport, message, self._clock), time.monotonic() - began

    def _message(self, claim: ClaimedMessage) -> OutgoingMessage:
        """What is sent, signed by the secret before the last rotation too while that counts."""
        content, until = opened(self._vault, claim.webhook), claim.webhook.old_until
        secrets = [content.secret]
        if content.old_secret is not None and until is not None and self._clock() < until:
            secrets.append(content.old_secret)
        return OutgoingMessage(claim.row.id, claim.row.body.encode(), content.address, secrets)

    def _opened(self) -> asyncio.Runner:
        if self._runner is None:
            runner = self._runner = self._life.enter_context(asyncio.Runner())
            transport = self._transport = GuardedTransport(exceptions=self._exceptions, limits=self._limits)
            self._life.callback(lambda: runner.run(transport.aclose()))
        return self._runner
