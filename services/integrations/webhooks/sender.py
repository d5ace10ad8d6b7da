"""Sends a message once: signed, by the guarded transport, the answer read as outcome."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kit.egress.retry_after import retry_after_s
from kit.egress.targets import TargetRefused
from kit.egress.transport import REDIRECTS, EgressFailed, GuardedTransport, Limits, PeerAnswer
from kit.signed_messages import SIGNED, signature, signing_key

LIMITS = Limits(total_s=15.0, body=64 << 10)
"""A receiver answers within this, and nothing of its answer but the status is looked at."""
ENDED = 410


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message as it is sent: the same id and body at each attempt, signed by each of the secrets."""

    id: str
    body: bytes
    address: str = field(repr=False)
    secrets: Sequence[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SendResult:
    """What came of an attempt: `outcome` in words, empty where it was taken; `ends_webhook` ends the webhook."""

    outcome: str
    status: int | None = None
    ends_webhook: bool = False
    retry_after_s: float | None = None

    @property
    def is_taken(self) -> bool:
        """Return whether the receiver has the message."""
        return self.outcome == ""


def headers_of(message: OutgoingMessage, now: float) -> dict[str, str]:
    """Return the headers of an attempt at `now`, in Unix seconds."""
    at = str(int(now))
    signed = " ".join(signature(signing_key(secret), message.id, at, message.body) for secret in message.secrets)
    return {"content-type": "application/json", **dict(zip(SIGNED, (message.id, at, signed), strict=True))}


async def send(transport: GuardedTransport, message: OutgoingMessage, clock: Callable[[], float]) -> SendResult:
    """Send a message once and return what came of it; no redirect is followed."""
    try:
        answer = await transport.request(
            "POST", message.address, headers=headers_of(message, clock()), content=message.body
        )
    except TargetRefused:
        return SendResult("the address leads to a place that nothing may be sent to")
    except EgressFailed as failed:
        return SendResult(str(failed))
    return _result(answer, clock())


def _result(answer: PeerAnswer, now: float) -> SendResult:
    status = answer.status
    if 200 <= status < 300:
        return SendResult("", status)
    if status == ENDED:
        return SendResult("the receiver wants no more of it", status, ends_webhook=True)
    if status in REDIRECTS:
        return SendResult("a redirect, which is not followed", status)
    wait_s = retry_after_s(answer.headers.get("retry-after"), now) if status in {429, 503} else None
    return SendResult("not taken", status, retry_after_s=wait_s)
