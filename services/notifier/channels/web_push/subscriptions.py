"""Reads a browser's push subscription, whose endpoint is an address that a stranger names."""

import base64
import binascii
from dataclasses import dataclass, field

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from core.expected_error import FieldError
from kit.egress.targets import Exceptions, Target, TargetRefused, read_target
from services.notifier.channels.web_push.encryption import CURVE

LONGEST = 8 * 1024
"""The most characters that a subscription may have."""


class BadSubscription(FieldError):
    """A text that is no push subscription, or one to whose endpoint nothing is sent."""


class _Keys(msgspec.Struct, frozen=True):
    p256dh: str
    auth: str


class _Subscription(msgspec.Struct, frozen=True):
    endpoint: str
    keys: _Keys
    server_key: str | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where a browser is reached. `server_key` is the public key of ours that it subscribed with, None if unknown."""

    target: Target
    endpoint: str = field(repr=False)
    receiver: ec.EllipticCurvePublicKey = field(repr=False)
    auth: bytes = field(repr=False)
    server_key: str | None = None


def read_subscription(text: str, exceptions: Exceptions) -> Subscription:
    """Return what `PushSubscription.toJSON()` made, with `server_key` beside it; raise BadSubscription.

    The endpoint's name is not resolved here: that is done, and checked, for each message.
    """
    if len(text) > LONGEST:
        raise BadSubscription(f"a push subscription has at most {LONGEST} characters", ("subscription",))
    try:
        read = msgspec.json.decode(text, type=_Subscription)
        receiver = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, _bytes_of(read.keys.p256dh, 65))
        auth = _bytes_of(read.keys.auth, 16)
    except (msgspec.DecodeError, ValueError, RecursionError):
        said = "this is no push subscription: send what PushSubscription.toJSON() makes"
        raise BadSubscription(said, ("subscription",)) from None
    try:
        target = read_target(read.endpoint, exceptions, ("subscription", "endpoint"))
    except TargetRefused as error:
        raise BadSubscription(f"endpoint: {error}", error.path) from None
    return Subscription(target, read.endpoint, receiver, auth, read.server_key)


def _bytes_of(text: str, length: int) -> bytes:
    try:
        found = base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), b"-_", validate=True)
    except binascii.Error:
        raise ValueError("no base64url") from None
    if len(found) != length:
        raise ValueError("another length")
    return found
