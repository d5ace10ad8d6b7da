"""NATS JetStream as the broker: one stream on its disk, a durable consumer for each name, blocking calls."""

import asyncio
import threading
from collections import deque
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, ConsumerInfo, DeliverPolicy, StorageType, StreamConfig
from nats.js.errors import BadRequestError, NotFoundError

from contracts.modules.broker import BrokerAway, BrokerDelivery, BrokerMessage

STREAM, SUBJECTS = "TIPBENCH_EVENTS", "tipbench.events"
TIMEOUT_S, GATHER_S = 5.0, 0.005
OTHER_STREAM = 10058
"""The server's code for a stream of this name with other settings."""
T = TypeVar("T")
AWAY = (NatsError, OSError, TimeoutError, asyncio.TimeoutError)


class NatsBroker:
    """Implements contracts.modules.broker.Broker.

    A lost connection raises BrokerAway and the next call makes another. The server must sync each write
    (`sync_interval: always`), or a confirmed message can be lost with the host. Messages stay `retention_s` seconds;
    `window_s` is the dedupe window, `ack_wait_s` the time after which an unacknowledged message is delivered again.
    """

    def __init__(
        self,
        servers: Sequence[str],
        *,
        retention_s: float,
        window_s: float = 120.0,
        replicas: int = 1,
        ack_wait_s: float = 30.0,
    ) -> None:
        self._ack_wait_s = ack_wait_s
        self._servers = deque(servers)
        self._stream = StreamConfig(
            name=STREAM,
            subjects=[f"{SUBJECTS}.>"],
            storage=StorageType.FILE,
            max_age=retention_s,
            duplicate_window=window_s,
            num_replicas=replicas,
        )
        self._client: Client | None = None
        self._pulls: dict[str, JetStreamContext.PullSubscription] = {}
        self._delivered: dict[tuple[str, int], Msg] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="nats", daemon=True)
        self._thread.start()

    def publish(self, messages: Sequence[BrokerMessage]) -> None:
        """Publish in order and wait for every confirmation; raise BrokerAway if one is missing."""
        self._run(self._publish(messages))

    def rewind(self, consumer: str) -> None:
        """See contracts.modules.broker.Broker.rewind; the durable consumer is made anew after what it acknowledged."""
        self._run(self._rewind(consumer))

    def receive(self, consumer: str, limit: int, wait_s: float) -> list[BrokerDelivery]:
        """Return up to `limit` messages in stream order: wait `wait_s` seconds for the first, then 5 ms for more."""
        return self._run(self._receive(consumer, limit, wait_s), wait_s)

    def acknowledge(self, consumer: str, deliveries: Sequence[BrokerDelivery]) -> None:
        """Acknowledge and wait for the server's confirmation of the last.

        Raise BrokerAway if the connection was lost.
        """
        self._run(self._acknowledge(consumer, deliveries))

    def pending(self, consumer: str) -> int:
        """Return how many messages are not acknowledged, delivered ones among them; 0 for an unknown consumer."""
        return self._run(self._pending(consumer))

    def close(self) -> None:
        """Close the connection and the thread of its event loop."""
        with suppress(BrokerAway):
            self._run(self._drop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(TIMEOUT_S)
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T], wait_s: float = 0.0) -> T:
        future = asyncio.run_coroutine_threadsafe(self._guarded(work), self._loop)
        try:
            return future.result(4 * TIMEOUT_S + wait_s)
        except TimeoutError:
            future.cancel()
            raise BrokerAway("the broker did not answer in time") from None

    async def _guarded(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            return await work
        except AWAY as error:
            await self._drop()
            raise BrokerAway(f"the broker cannot be reached or did not confirm: {type(error).__name__}") from None

    async def _connected(self) -> JetStreamContext:
        if self._client is None or not self._client.is_connected:
            await self._drop()
            self._client = await self._connect()
            await self._ensure_stream(self._client.jetstream(timeout=TIMEOUT_S))
        return self._client.jetstream(timeout=TIMEOUT_S)

    async def _connect(self) -> Client:
        """Connect to the first server that answers, which the next search begins with."""
        for _ in range(len(self._servers) - 1):
            with suppress(*AWAY):
                return await _client(self._servers[0])
            self._servers.rotate(-1)
        return await _client(self._servers[0])

    async def _ensure_stream(self, stream: JetStreamContext) -> None:
        try:
            await stream.add_stream(self._stream)
        except BadRequestError as error:
            if error.err_code != OTHER_STREAM:
                raise
            await stream.update_stream(self._stream)

    async def _drop(self) -> None:
        client, self._client = self._client, None
        self._pulls.clear()
        self._delivered.clear()
        if client is not None:
            with suppress(*AWAY):
                await client.close()

    async def _publish(self, messages: Sequence[BrokerMessage]) -> None:
        stream = await self._connected()
        confirmed = [
            await stream.publish_async(
                f"{SUBJECTS}.{message.type}", message.body, headers={"Nats-Msg-Id": message.id}, stream=STREAM
            )
            for message in messages
        ]
        await asyncio.wait_for(asyncio.gather(*confirmed), TIMEOUT_S)

    async def _rewind(self, consumer: str) -> None:
        stream = await self._connected()
        info = await _info(stream, consumer)
        for key in [key for key in self._delivered if key[0] == consumer]:
            del self._delivered[key]
        if info is not None and info.num_ack_pending:
            await stream.delete_consumer(STREAM, consumer)
        if info is None or info.num_ack_pending:
            await stream.add_consumer(STREAM, _config(consumer, info, self._ack_wait_s))
        self._pulls[consumer] = await stream.pull_subscribe_bind(consumer, STREAM)

    async def _receive(self, consumer: str, limit: int, wait_s: float) -> list[BrokerDelivery]:
        await self._connected()
        pull = self._pulls.get(consumer)
        if pull is None:
            await self._rewind(consumer)
            pull = self._pulls[consumer]
        taken: list[Msg] = []
        with suppress(TimeoutError, asyncio.TimeoutError):
            taken += await pull.fetch(1, timeout=max(wait_s, GATHER_S))
            taken += await pull.fetch(limit - 1, timeout=GATHER_S)
        deliveries = [_delivery(message) for message in taken]
        self._delivered |= {(consumer, one.position): message for one, message in zip(deliveries, taken, strict=True)}
        return sorted(deliveries, key=lambda one: one.position)

    async def _acknowledge(self, consumer: str, deliveries: Sequence[BrokerDelivery]) -> None:
        messages = [self._delivered.pop((consumer, one.position), None) for one in deliveries]
        if None in messages or self._client is None:
            raise BrokerAway("the connection on which these were delivered was lost")
        for message in messages[:-1]:
            if message is not None:
                await message.ack()
        if messages and messages[-1] is not None:
            await messages[-1].ack_sync(timeout=TIMEOUT_S)  # the server takes acknowledgements in order

    async def _pending(self, consumer: str) -> int:
        info = await _info(await self._connected(), consumer)
        return 0 if info is None else (info.num_pending or 0) + (info.num_ack_pending or 0)


def _config(consumer: str, before: ConsumerInfo | None, ack_wait_s: float) -> ConsumerConfig:
    floor = before.ack_floor.stream_seq if before is not None and before.ack_floor is not None else 0
    return ConsumerConfig(
        durable_name=consumer,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ack_wait_s,
        max_deliver=-1,
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE if floor else DeliverPolicy.ALL,
        opt_start_seq=floor + 1 if floor else None,
    )


async def _client(server: str) -> Client:
    """Connect with two tries at once and no more: the caller gets the error and calls again."""
    connecting = nats.connect(
        server,
        allow_reconnect=False,
        max_reconnect_attempts=1,
        reconnect_time_wait=0,
        connect_timeout=2,
        error_cb=_unheard,
        max_outstanding_pings=2,
    )
    return await asyncio.wait_for(connecting, TIMEOUT_S)


async def _info(stream: JetStreamContext, consumer: str) -> ConsumerInfo | None:
    try:
        info: ConsumerInfo = await stream.consumer_info(STREAM, consumer)
    except NotFoundError:
        return None
    return info


def _delivery(message: Msg) -> BrokerDelivery:
    headers, about = message.headers or {}, message.metadata
    stored = BrokerMessage(headers.get("Nats-Msg-Id", ""), message.subject.removeprefix(f"{SUBJECTS}."), message.data)
    return BrokerDelivery(stored, about.sequence.stream, about.num_delivered or 1)


async def _unheard(_: Exception) -> None:
    """Ignore errors: each call raises its own, and the client's log would name the address."""
