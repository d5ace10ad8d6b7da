"""Hands notices over to push services: encrypted, signed, sent by the guarded transport, the answer read as outcome."""

from collections.abc import Callable

import msgspec

from kit.egress.retry_after import retry_after_s
from kit.egress.targets import Exceptions, TargetRefused
from kit.egress.transport import EgressFailed, GuardedTransport, PeerAnswer
from services.notifier.channels.sender import HandOver, Notice, SendOutcome
from services.notifier.channels.web_push.authorizations import Authorizations
from services.notifier.channels.web_push.encryption import LARGEST, encrypted
from services.notifier.channels.web_push.subscriptions import BadSubscription, Subscription, read_subscription
from services.notifier.channels.web_push.vapid_keys import VapidKey, VapidKeys, topic_of

LONGEST_TITLE = 200


class _Message(msgspec.Struct, frozen=True):
    """What the service worker reads; `id` is that of the notice, by which it drops a second copy."""

    id: str
    title: str
    text: str
    path: str


class PushSender:
    """Implements services.notifier.channels.sender.Sender for Web Push.

    `clock` gives Unix seconds, `contact` is what push services may write to, a mailto: or https: address.
    `exceptions` are those of the transport.
    """

    channel = "push"

    def __init__(
        self,
        keys: VapidKeys,
        transport: GuardedTransport,
        *,
        contact: str,
        clock: Callable[[], float],
        exceptions: Exceptions = frozenset(),
    ) -> None:
        self._keys, self._transport, self._authorizations = keys, transport, Authorizations(contact)
        self._clock, self._exceptions = clock, exceptions

    async def send(self, notice: Notice, address: str) -> HandOver:
        """Send the notice to a browser's subscription once; one that ended, or is none, ends the address."""
        try:
            subscription = read_subscription(address, self._exceptions)
        except BadSubscription:
            return HandOver(outcome=SendOutcome.REFUSED, reason="no-subscription", ends_address=True)
        key = self._key_of(subscription)
        if key is None:
            return HandOver(outcome=SendOutcome.REFUSED, reason="key-retired", ends_address=True)
        message = message_of(notice)
        if message is None:
            return HandOver(outcome=SendOutcome.REFUSED, reason="too-large")
        return await self._handed_over(notice, message, subscription, key)

    async def _handed_over(self, notice: Notice, message: bytes, subscription: Subscription, key: VapidKey) -> HandOver:
        headers = {
            "Authorization": self._authorizations.header(key, subscription.target.origin, self._clock()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(max(0, notice.ttl_s)),
            "Topic": topic_of(notice.id),
            "Urgency": notice.urgency,
        }
        body = encrypted(message, subscription.receiver, subscription.auth)
        try:
            answer = await self._transport.request("POST", subscription.endpoint, headers=headers, content=body)
        except TargetRefused:
            return HandOver(outcome=SendOutcome.REFUSED, reason="address-refused")
        except EgressFailed as failed:
            if failed.sent:
                return HandOver(outcome=SendOutcome.UNKNOWN, reason="no-answer")
            return HandOver(outcome=SendOutcome.LATER, reason="unreachable")
        return _outcome(answer, self._clock())

    def _key_of(self, subscription: Subscription) -> VapidKey | None:
        if subscription.server_key is None:
            return self._keys.current(self._clock())
        return self._keys.with_public(subscription.server_key)


def message_of(notice: Notice) -> bytes | None:
    """Return the notice as the service worker reads it, its text cut to what a push holds; None if it never fits."""
    longest, shortest = len(notice.text), 0
    if len(_encoded(notice, longest)) <= LARGEST:
        return _encoded(notice, longest)
    if len(_encoded(notice, 0)) > LARGEST:
        return None
    while longest - shortest > 1:
        middle = (longest + shortest) // 2
        if len(_encoded(notice, middle)) <= LARGEST:
            shortest = middle
        else:
            longest = middle
    return _encoded(notice, shortest)


def _encoded(notice: Notice, length: int) -> bytes:
    text = notice.text if length == len(notice.text) else notice.text[:length].rstrip() + "…"
    return msgspec.json.encode(_Message(notice.id, notice.title[:LONGEST_TITLE], text, notice.path))


def _outcome(answer: PeerAnswer, now: float) -> HandOver:
    """Return what the status means, by RFC 8030 and what push services do."""
    match answer.status:
        case 200 | 201 | 202 | 204:
            return HandOver(outcome=SendOutcome.DELIVERED, reason="accepted")
        case 404 | 410:
            return HandOver(outcome=SendOutcome.REFUSED, reason="subscription-ended", ends_address=True)
        case 413:
            return HandOver(outcome=SendOutcome.REFUSED, reason="too-large")
        case 408 | 429 | 500 | 503:
            wait_s = retry_after_s(answer.headers.get("retry-after"), now)
            return HandOver(outcome=SendOutcome.LATER, reason=f"status-{answer.status}", retry_after_s=wait_s)
        case status if status >= 500:  # a gateway that does not know what became of it
            return HandOver(outcome=SendOutcome.UNKNOWN, reason=f"status-{status}")
        case status:
            return HandOver(outcome=SendOutcome.REFUSED, reason=f"status-{status}")
